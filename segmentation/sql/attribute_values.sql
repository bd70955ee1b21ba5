-- grain: one row per attribute of $attributes, segment, cluster, portfolio and value that scored customers have
-- inputs: crm.customers, customer_groups
-- As known on $as_of_date. A number has a decimal point, or a comma that cannot part thousands; 007 is none, and
-- neither is nan. No attribute begins with _, so none is taken for a column of the groups.
with attributes as (
    select customer_id as _customer_id, columns(lambda name: list_contains($attributes, name))::varchar
    from crm.customers
    where coalesce(known_from <= $as_of_date::date, true)
),
scored as (
    select
        customer_groups.segment as _segment,
        customer_groups.cluster as _cluster,
        customer_groups.portfolio as _portfolio,
        attributes.* exclude (_customer_id)
    from attributes
    join customer_groups on attributes._customer_id = customer_groups.customer_id
),
known as (
    unpivot scored
    on columns(* exclude (_segment, _cluster, _portfolio)) into name attribute value value
),
counted as (
    select
        attribute,
        _segment as segment,
        _cluster as cluster,
        _portfolio as portfolio,
        trim(value) as value,
        count(*) as customers
    from known
    where trim(value) <> ''
    group by all
),
read as (
    select
        *,
        case when regexp_full_match(value, '[+-]?(0|[1-9]\d*)(\.\d+|,\d{1,2}|,\d{4,})?([eE][+-]?\d+)?')
            then try_cast(replace(value, ',', '.') as double) end as read_number
    from counted
)
select * exclude (read_number), case when abs(read_number) < 1e15 then read_number end as number
from read
