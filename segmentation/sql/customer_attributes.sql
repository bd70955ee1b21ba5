-- grain: one row per scored customer and attribute of $attributes with a value, as known on $as_of_date
-- inputs: crm.customers, customer_groups
-- A number has a decimal point, or a comma that cannot part thousands; 007 is none, and neither is nan.
with known as (
    unpivot (
        select customer_id, columns(lambda name: list_contains($attributes, name))::varchar
        from crm.customers
        semi join customer_groups using (customer_id)
        where coalesce(known_from <= $as_of_date::date, true)
    )
    on columns(* exclude (customer_id)) into name attribute value value
),
trimmed as (
    select customer_id, attribute, trim(value) as value
    from known
    where trim(value) <> ''
),
read as (
    select
        *,
        case when regexp_full_match(value, '[+-]?(0|[1-9]\d*)(\.\d+|,\d{1,2}|,\d{4,})?([eE][+-]?\d+)?')
            then try_cast(replace(value, ',', '.') as double) end as number
    from trimmed
)
select customer_id, attribute, value, case when abs(number) < 1e15 then number end as number
from read
