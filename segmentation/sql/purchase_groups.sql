-- grain: one row per group of customers who are alike in all that the BG/NBD model looks at
-- inputs: customer_purchases
-- A time is taken from the middle of its step of $step_days days.
select
    repeat_orders,
    last_step,
    age_step,
    (last_step * $step_days + ($step_days - 1) / 2) / 7 as last_order_weeks,
    (age_step * $step_days + ($step_days - 1) / 2) / 7 as age_weeks,
    count(*) as customers
from customer_purchases
group by repeat_orders, last_step, age_step
order by repeat_orders, last_step, age_step
