-- grain: one row per customer with an order by $as_of_date who may be scored
-- inputs: crm.orders, segments.unscored
-- A return is a negative order: it lowers the spend, and is neither an order nor a sign of life.
with known_orders as (
    select customer_id, ordered_at, amount
    from crm.orders
    anti join segments.unscored using (customer_id)
    where ordered_at < $as_of_date::date + 1
)
select
    customer_id,
    $as_of_date::date as as_of_date,
    ($as_of_date::date - max(ordered_at) filter (where amount >= 0)::date)::integer as days_since_last_order,
    count(*) filter (where amount >= 0) as order_count,
    sum(amount) as spend
from known_orders
group by customer_id
having count(*) filter (where amount >= 0) > 0
