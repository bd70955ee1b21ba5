-- grain: one row: what is known by $as_of_date
-- inputs: crm.customers, crm.orders
select
    (select count(*) from crm.customers) as customers,
    count(*) as orders,
    sum(amount)::double as revenue
from crm.orders
where ordered_at < $as_of_date::date + 1
