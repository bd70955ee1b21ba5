-- grain: one row per group of customers whose orders are alike in number and time
-- inputs: customer_purchases (at the end of $known_to, in steps of $step_days days), crm.orders
-- How many of them ordered in the $days days after $known_to. A time is taken from the middle of its step.
with came as (
    select distinct customer_id
    from crm.orders
    where
        amount >= 0
        and ordered_at >= $known_to::date + 1
        and ordered_at < $known_to::date + $days::integer + 1
)
select
    repeat_orders,
    last_step,
    age_step,
    last_step * $step_days + ($step_days - 1) / 2 as last_order_days,
    age_step * $step_days + ($step_days - 1) / 2 as age_days,
    last_order_days / 7 as last_order_weeks,
    age_days / 7 as age_weeks,
    count(*) as customers,
    count(came.customer_id) as ordered
from customer_purchases
left join came using (customer_id)
group by repeat_orders, last_step, age_step
order by repeat_orders, last_step, age_step
