-- grain: one row per method that customers are valued by
-- inputs: segments.value
select
    method,
    count(*) as customers,
    sum(expected_orders::decimal(38, 6))::double as expected_orders,
    case when count(expected_margin) = count(*) then sum(expected_margin::decimal(38, 6)) end::double
        as expected_margin
from segments.value
group by method
order by customers desc, method
