-- grain: one row per customer who may be called, the largest expected margin first; at most $capacity
-- inputs: customer_purchases, chance_groups, suppressed_customers, phone_consents, crm.customers, crm.contacts,
--     crm.campaigns
-- Nobody who has died or objected, is on a suppression list, has refused calls, or was called less than $rest_days days
-- ago; where the source knows telephone numbers, nobody without one. The margin of an order is that of the customer's
-- own, drawn to the mean of all as if of $mean_orders orders more.
with called as (
    select contacts.customer_id, max(coalesce(contacted_on, starts_on)) as last_call_on
    from crm.contacts
    join crm.campaigns using (campaign_id)
    where
        campaigns.channel = 'phone'
        and arm = 'treatment'
        and coalesce(contacted_on, starts_on) <= $as_of_date
    group by contacts.customer_id
),
mean as (
    select
        sum(margin::decimal(38, 6))::double / sum(if(margin is null, null, repeat_orders + 1)) as margin_of_order
    from customer_purchases
),
numbers as (
    select bool_or(phone is not null) as are_known
    from crm.customers
),
allowed as (
    select customer_id
    from crm.customers
    cross join numbers
    anti join suppressed_customers using (customer_id)
    anti join (from phone_consents where not may_call) as refused using (customer_id)
    left join called using (customer_id)
    where
        not coalesce(deceased, false)
        and (phone is not null or not are_known)
        and coalesce(last_call_on <= $as_of_date::date - $rest_days::integer, true)
),
expected as (
    select
        customer_id,
        probability,
        (margin + $mean_orders * mean.margin_of_order) / (repeat_orders + 1 + $mean_orders) as margin_of_order
    from customer_purchases
    join chance_groups using (repeat_orders, last_step, age_step)
    semi join allowed using (customer_id)
    cross join mean
)
select customer_id, probability, probability * margin_of_order as expected_margin
from expected
where probability > 0 and coalesce(margin_of_order > 0, true)
order by expected_margin desc nulls last, probability desc, customer_id
limit $capacity
