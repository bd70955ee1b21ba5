-- grain: one row per customer
-- inputs: crm.customers, crm.contacts, crm.campaigns, crm.responses, crm.orders
-- What mailings and orders were known of a customer at the end of $as_of_date; $days is the length of a window. The
-- campaign $but_campaign_id is left out: its pieces may have gone out before its window begins.
with contacts as (
    select
        contacts.customer_id,
        count(*) as contact_count,
        count(*) filter (where coalesce(contacted_on, starts_on) > $as_of_date::date - 90) as recent_contact_count
    from crm.contacts
    join crm.campaigns using (campaign_id)
    where
        arm = 'treatment'
        and contacts.campaign_id <> $but_campaign_id
        and coalesce(contacted_on, starts_on) <= $as_of_date
    group by contacts.customer_id
),
replies as (
    select customer_id, count(*) as reply_count
    from crm.responses
    where responded_at < $as_of_date::date + 1 and campaign_id <> $but_campaign_id
    group by customer_id
),
orders as (
    select customer_id, sum(amount) as window_spend
    from crm.orders
    where ordered_at < $as_of_date::date + 1 and ordered_at >= $as_of_date::date + 1 - $days::integer
    group by customer_id
)
select
    customers.customer_id,
    coalesce(contact_count, 0)::double as contact_count,
    coalesce(recent_contact_count, 0)::double as recent_contact_count,
    coalesce(reply_count, 0)::double as reply_count,
    coalesce(window_spend, 0)::double as window_spend
from crm.customers
left join contacts using (customer_id)
left join replies using (customer_id)
left join orders using (customer_id)
order by customers.customer_id
