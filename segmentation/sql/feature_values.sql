-- grain: one row per feature and value to three significant digits, so as few as that however many customers
-- inputs: customer_features
with measured as (
    unpivot (select columns(* exclude (customer_id)) from customer_features)
    on columns(*) into name measure value value
)
select
    measure,
    case when value = 0 then 0 else round(value::double, 2 - floor(log10(abs(value)))::integer) end as value,
    count(*) as customers
from measured
group by all
order by measure, value
