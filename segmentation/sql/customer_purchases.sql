-- grain: one row per customer with an order by $as_of_date who may be scored
-- inputs: crm.orders, segments.unscored
-- What the value models take of a customer. Different days with an order count, not orders. A return is a negative
-- order: it lowers the margin, and is neither an order nor a sign of life. Times from the first order on are in whole
-- steps of $step_days; what is recent lies in the last $days days. A margin with an unknown part is NULL.
with known_orders as (
    select
        customer_id,
        ordered_at::date as day,
        amount >= 0 as is_order,
        coalesce(margin, amount::decimal(28, 2) * $margin_rate::decimal(7, 6)) as margin
    from crm.orders
    anti join segments.unscored using (customer_id)
    where ordered_at < $as_of_date::date + 1
),
days as (
    select
        customer_id,
        day,
        bool_or(is_order) as has_order,
        sum(margin) as margin,
        bool_or(margin is null) as has_unknown_margin
    from known_orders
    group by customer_id, day
)
select
    customer_id,
    count(*) filter (where has_order) - 1 as repeat_orders,
    (max(day) filter (where has_order) - min(day) filter (where has_order)) // $step_days as last_step,
    ($as_of_date::date - min(day) filter (where has_order)) // $step_days as age_step,
    count(*) filter (where has_order and day > $as_of_date::date - $days::integer) as recent_orders,
    case when not bool_or(has_unknown_margin) then sum(margin) end::double as margin,
    case
        when not bool_or(has_unknown_margin)
            then coalesce(sum(margin) filter (where day > $as_of_date::date - $days::integer), 0)
    end::double as recent_margin
from days
group by customer_id
having bool_or(has_order)
