-- grain: one row per customer to find offers for, numbered from 0
-- inputs: segment_at, bought_items
-- $buyers_only leaves out those who have bought nothing known yet.
select row_number() over (order by customer_id) - 1 as number, customer_id, segment
from segment_at
where not $buyers_only or customer_id in (select customer_id from bought_items)
order by number
