-- grain: one row: the newest order known at $as_of_date, empty where there is none, and campaigns that still run
-- inputs: crm.orders, response.campaigns
with newest as (
    select max(ordered_at::date) as newest_order
    from crm.orders
    where ordered_at::date <= $as_of_date
),
running as (
    select count(*) as running
    from response.campaigns
    where provisional
)
select $as_of_date::date as as_of_date, newest_order, running
from newest, running
