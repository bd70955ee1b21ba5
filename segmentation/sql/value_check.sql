-- grain: one row per measure and bin of expected orders, and one per measure with bin 0 for all customers
-- inputs: customer_forecast, crm.orders
-- What was expected at the end of $calibrated_to against what came by $as_of_date. Errors are added up as decimals, so
-- that their order changes no digit; beyond a million million a root mean square is not computed.
with days as (
    select
        customer_id,
        ordered_at::date as day,
        bool_or(amount >= 0) as has_order,
        sum(coalesce(margin, amount::decimal(28, 2) * $margin_rate::decimal(7, 6))) as margin,
        bool_or(margin is null and $margin_rate is null) as has_unknown_margin
    from crm.orders
    where ordered_at >= $calibrated_to::date + 1 and ordered_at < $as_of_date::date + 1
    group by customer_id, day
),
came as (
    select
        customer_id,
        count(*) filter (where has_order) as orders,
        case when not bool_or(has_unknown_margin) then sum(margin) end::double as margin
    from days
    group by customer_id
),
measured as (
    select
        'orders' as measure,
        forecast_bin as bin,
        expected_orders,
        expected_orders as expected,
        recent_orders::double as last_year,
        coalesce(came.orders, 0)::double as actual
    from customer_forecast
    left join came using (customer_id)
    union all
    select
        'margin',
        forecast_bin,
        expected_orders,
        expected_margin,
        recent_margin,
        case when came.customer_id is null then 0 else came.margin end
    from customer_forecast
    left join came using (customer_id)
),
errors as (
    select
        measure,
        bin,
        expected_orders,
        expected,
        last_year,
        actual,
        abs(expected - actual) as model_error,
        abs(last_year - actual) as last_year_error
    from measured
    where last_year is not null and actual is not null
)
select
    measure,
    coalesce(bin, 0) as bin,
    min(expected_orders) as lowest_expected_orders,
    max(expected_orders) as highest_expected_orders,
    count(*) as customers,
    sum(expected::decimal(38, 6))::double as expected,
    sum(last_year::decimal(38, 6))::double as last_year,
    sum(actual::decimal(38, 6))::double as actual,
    sum(model_error::decimal(38, 6))::double / count(*) as model_mae,
    case
        when max(model_error) < 1e12
            then sqrt(sum(pow(least(model_error, 1e12), 2)::decimal(38, 6))::double / count(*))
    end as model_rmse,
    sum(last_year_error::decimal(38, 6))::double / count(*) as last_year_mae,
    case
        when max(last_year_error) < 1e12
            then sqrt(sum(pow(least(last_year_error, 1e12), 2)::decimal(38, 6))::double / count(*))
    end as last_year_rmse
from errors
group by grouping sets ((measure, bin), (measure))
having bin is not null or grouping(bin) = 1
order by measure desc, bin
