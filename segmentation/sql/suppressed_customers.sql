-- grain: one row per customer whom a suppression names that holds on $on_date
-- inputs: crm.customers, crm.suppressions
-- A suppression names a customer by customer_id, by e-mail address, or by postal code and family name.
with rules as (
    select customer_id, lower(email) as email, postcode, lower(last_name) as last_name, lower(reason) as reason
    from crm.suppressions
    where coalesce(since, $on_date) <= $on_date and coalesce(until, $on_date) >= $on_date
),
named as (
    select customers.customer_id, rules.reason
    from crm.customers
    join rules on customers.customer_id = rules.customer_id
    union all
    select customers.customer_id, rules.reason
    from crm.customers
    join rules on lower(customers.email) = rules.email
    union all
    select customers.customer_id, rules.reason
    from crm.customers
    join rules on customers.postcode = rules.postcode and lower(customers.last_name) = rules.last_name
)
select customer_id, bool_or(reason = 'objection') as has_objected
from named
group by customer_id
order by customer_id
