-- grain: one row per customer with a purchase before the first of two periods
-- inputs: crm.orders
-- What was known of each before both periods, and what each did in them: $days days before $starts_on, and $days days
-- from then on. Columns of the first end in _before, of the second in _after. Money is added up as decimals.
with orders as (
    select
        customer_id,
        ordered_at,
        amount,
        coalesce(margin::decimal(28, 6), (amount::double * $margin_rate)::decimal(28, 6)) as margin,
        margin is null and $margin_rate is null as has_unknown_margin,
        case
            when ordered_at < $starts_on::date - $days::integer then 'earlier'
            when ordered_at < $starts_on::date then 'before'
            else 'after'
        end as period
    from crm.orders
    where ordered_at < $starts_on::date + $days::integer
)
select
    customer_id,
    count(*) filter (where period = 'earlier' and amount >= 0)::double as order_count,
    (sum(amount) filter (where period = 'earlier'))::double as spend,
    ($starts_on::date - $days::integer - 1 - max(ordered_at::date) filter (where period = 'earlier' and amount >= 0))::double
        as days_since_last_order,
    ($starts_on::date - $days::integer - 1 - min(ordered_at::date) filter (where period = 'earlier' and amount >= 0))::double
        as tenure_days,
    coalesce(bool_or(amount >= 0) filter (where period = 'before'), false)::double as converted_before,
    coalesce(bool_or(amount >= 0) filter (where period = 'after'), false)::double as converted_after,
    coalesce(sum(amount) filter (where period = 'before'), 0)::double as revenue_before,
    coalesce(sum(amount) filter (where period = 'after'), 0)::double as revenue_after,
    coalesce(sum(margin) filter (where period = 'before'), 0)::double as margin_before,
    coalesce(sum(margin) filter (where period = 'after'), 0)::double as margin_after,
    coalesce(bool_or(has_unknown_margin) filter (where period <> 'earlier'), false) as has_unknown_margin
from orders
group by customer_id
having count(*) filter (where period = 'earlier' and amount >= 0) > 0
order by customer_id
