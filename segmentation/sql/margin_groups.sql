-- grain: one row per group of customers with as many orders and, to a thousandth, the same margin per order above 0
-- inputs: customer_purchases
with means as (
    select repeat_orders + 1 as orders, round(1000 * ln(margin / (repeat_orders + 1)))::integer as step
    from customer_purchases
    where margin > 0
)
select orders, exp(step / 1000) as mean_value, count(*) as customers
from means
group by orders, step
order by orders, step
