-- grain: one row per customer selected for $campaign_id
-- inputs: crm.contacts, crm.customers, history.customers, crm.orders
-- What was known at the end of $as_of_date: the columns $names of the customer, and what was ordered in the $days days
-- up to it; the latter begins with _, as no column of a customer does.
with selected as (
    select customer_id
    from crm.contacts
    where campaign_id = $campaign_id
),
versions as (
    select customer_id, columns($names)
    from crm.customers
    where coalesce(known_from <= $as_of_date, true)
    union all by name
    select customer_id, columns($names)
    from history.customers
    where coalesce(known_from <= $as_of_date, true) and known_until > $as_of_date
),
orders as (
    select customer_id, sum(amount)::double as spend
    from crm.orders
    where ordered_at < $as_of_date::date + 1 and ordered_at >= $as_of_date::date + 1 - $days::integer
    group by customer_id
)
select
    selected.customer_id,
    coalesce(orders.spend, 0) as _earlier_spend,
    versions.* exclude (customer_id)
from selected
left join versions using (customer_id)
left join orders using (customer_id)
order by selected.customer_id
