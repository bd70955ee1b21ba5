-- grain: one row per customer who may be called and is worth a call; rank 1 has the largest expected margin
-- inputs: customer_purchases, chance_groups, may_be_called
-- The margin of an order is that of the customer's own, drawn to the mean of all as if of $mean_orders orders more.
with mean as (
    select
        sum(margin::decimal(38, 6))::double / sum(if(margin is null, null, repeat_orders + 1)) as margin_of_order
    from customer_purchases
),
expected as (
    select
        customer_id,
        probability,
        (margin + $mean_orders * mean.margin_of_order) / (repeat_orders + 1 + $mean_orders) as margin_of_order
    from customer_purchases
    join chance_groups using (repeat_orders, last_step, age_step)
    semi join may_be_called using (customer_id)
    cross join mean
)
select
    customer_id,
    probability,
    probability * margin_of_order as expected_margin,
    row_number() over (
        order by probability * margin_of_order desc nulls last, probability desc, customer_id
    ) as rank
from expected
where probability > 0 and coalesce(margin_of_order > 0, true)
order by rank
