-- grain: one row
-- inputs: crm.orders
-- Margin per order from $first_day to $as_of_date, net of returns; NULL where an order has none or there is no order.
-- Sums are of decimals, so that they do not depend on the order of rows.
with summed as (
    select
        count(*) filter (where amount > 0) as orders,
        sum(margin) as margin,
        sum(amount) filter (where margin is null) as amount_without_margin
    from crm.orders
    where ordered_at >= $first_day and ordered_at < $as_of_date::date + 1
)
select
    case
        when amount_without_margin is null then margin::double
        else coalesce(margin, 0)::double + amount_without_margin::double * $margin_rate::double
    end / nullif(orders, 0) as margin_per_order
from summed
