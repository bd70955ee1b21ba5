-- grain: one row
-- inputs: crm.orders
-- Margin per order from $first_day to $as_of_date, net of returns; NULL where an order has none or there is no order.
select
    case
        when not bool_or(margin is null and $margin_rate is null)
            then sum(coalesce(margin::double, amount::double * $margin_rate)) / nullif(count(*) filter (where amount > 0), 0)
    end as margin_per_order
from crm.orders
where ordered_at >= $first_day and ordered_at < $as_of_date::date + 1
