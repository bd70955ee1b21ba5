-- grain: one row per customer with an order by $as_of_date who may be scored; $with_unscored: the others too
-- inputs: crm.orders, crm.order_lines, segments.unscored
-- One column per feature of segmentation/segments/features.py, besides customer_id and spend.
with known_orders as (
    select order_id, customer_id, ordered_at, amount
    from crm.orders
    left join segments.unscored using (customer_id)
    where ordered_at < $as_of_date::date + 1 and ($with_unscored or unscored.customer_id is null)
),
purchases as (
    select
        customer_id,
        ($as_of_date::date - max(ordered_at) filter (where amount >= 0)::date)::integer as days_since_last_order,
        ($as_of_date::date - min(ordered_at) filter (where amount >= 0)::date)::integer as tenure_days,
        count(*) filter (where amount >= 0) as order_count,
        count(*) filter (where amount >= 0 and ordered_at >= $as_of_date::date - 89) as recent_order_count,
        sum(amount) as spend
    from known_orders
    group by customer_id
    having count(*) filter (where amount >= 0) > 0
),
categories as (
    select known_orders.customer_id, count(distinct order_lines.category) as category_count
    from known_orders
    join crm.order_lines using (order_id)
    group by known_orders.customer_id
)
select
    customer_id,
    spend::double as spend,
    days_since_last_order::double as days_since_last_order,
    order_count::double as order_count,
    greatest(spend, 0)::double / order_count as mean_order_value,
    tenure_days::double as tenure_days,
    recent_order_count::double / order_count as recent_order_share,
    coalesce(category_count, 0)::double as category_count
from purchases
left join categories using (customer_id)
order by customer_id
