-- grain: one row per customer of call_customers
-- inputs: call_customers, crm.orders, crm.order_lines, targeting.best_offers,
--     crm.contacts, crm.campaigns, crm.service_contacts
-- What an agent wants to know, as known at the end of $as_of_date.
with ordered as (
    select
        customer_id,
        count(distinct ordered_at::date) - 1 as repeat_orders,
        max(ordered_at::date) - min(ordered_at::date) as days_to_last,
        $as_of_date::date - max(ordered_at::date) as days_since_last_order
    from crm.orders
    semi join call_customers using (customer_id)
    where amount >= 0 and ordered_at < $as_of_date::date + 1
    group by customer_id
),
bought as (
    select
        orders.customer_id,
        if($by_product, order_lines.product_id, order_lines.category) as item,
        count(distinct orders.ordered_at::date) as days_bought
    from crm.orders
    semi join call_customers on orders.customer_id = call_customers.customer_id
    join crm.order_lines using (order_id)
    where orders.amount >= 0 and orders.ordered_at < $as_of_date::date + 1
    group by orders.customer_id, item
),
usual as (
    select customer_id, arg_max(item, (days_bought, item)) as usual_item
    from bought
    where item is not null
    group by customer_id
),
contacted as (
    select
        contacts.customer_id,
        coalesce(contacted_on, starts_on) as day,
        coalesce(campaigns.channel, 'mail') as what,
        contacts.campaign_id
    from crm.contacts
    join crm.campaigns using (campaign_id)
    semi join call_customers on contacts.customer_id = call_customers.customer_id
    where arm = 'treatment' and coalesce(contacted_on, starts_on) <= $as_of_date
),
last_piece as (
    select customer_id, max(day) as piece_on, arg_max(what, (day, campaign_id)) as piece
    from contacted
    group by customer_id
),
last_request as (
    select
        customer_id,
        max("at")::date as asked_on,
        arg_max(coalesce(reason, ''), ("at", service_contact_id)) as asked_about
    from crm.service_contacts
    semi join call_customers using (customer_id)
    where "at" < $as_of_date::date + 1
    group by customer_id
)
select
    customer_id,
    repeat_orders,
    days_to_last / nullif(repeat_orders, 0) as days_between_orders,
    days_since_last_order,
    usual_item,
    piece_on,
    piece,
    asked_on,
    asked_about,
    offers.category
from call_customers
join ordered using (customer_id)
left join usual using (customer_id)
left join last_piece using (customer_id)
left join last_request using (customer_id)
left join (from targeting.best_offers where rank = 1) as offers using (customer_id)
order by customer_id
