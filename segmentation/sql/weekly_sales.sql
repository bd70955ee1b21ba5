-- grain: one row per customer and week with an order or a return, by the end of $as_of_date
-- inputs: crm.orders
-- Week 0 ends with $as_of_date, week 1 is the one before. first_weeks_ago is the week of the customer's first order. A
-- margin with an unknown part is NULL.
with orders as (
    select
        customer_id,
        ($as_of_date::date - ordered_at::date) // 7 as weeks_ago,
        amount,
        coalesce(margin, amount::decimal(28, 2) * $margin_rate::decimal(7, 6)) as margin
    from crm.orders
    where ordered_at < $as_of_date::date + 1
),
first_orders as (
    select customer_id, max(weeks_ago) as first_weeks_ago
    from orders
    group by customer_id
)
select
    customer_id,
    weeks_ago,
    any_value(first_weeks_ago) as first_weeks_ago,
    count(*) filter (where amount >= 0) as orders,
    sum(amount) as revenue,
    case when count(margin) = count(*) then sum(margin) end as margin
from orders
join first_orders using (customer_id)
where weeks_ago < $weeks::integer
group by customer_id, weeks_ago
