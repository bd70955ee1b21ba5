-- grain: one row per attribute of $attributes, grouping and group in which a number is known
-- inputs: attribute_values
-- group_name is empty for customers in no group. Numbers are moved to 0 ... 1 and added up as decimals: a sum of floats
-- would depend on their order, and a square of large ones lose its digits. variance has the divisor n.
with bounds as (
    select attribute, min(number) as lowest, max(number) - min(number) as width
    from attribute_values
    where number is not null
    group by attribute
),
moved as (
    select attribute_values.*, (number - lowest) / nullif(width, 0) as part
    from attribute_values
    join bounds using (attribute)
    where list_contains($attributes, attribute) and number is not null
),
summed as (
    select
        attribute,
        case when grouping(segment) = 0 then 'segment' when grouping(cluster) = 0 then 'cluster' else 'portfolio' end
            as grouping,
        coalesce(segment, cluster, portfolio) as group_name,
        sum(customers)::bigint as customers,
        coalesce(sum((customers * part)::decimal(38, 26)), 0)::double / sum(customers) as mean_part,
        coalesce(sum((customers * part * part)::decimal(38, 26)), 0)::double / sum(customers) as mean_square
    from moved
    group by grouping sets ((attribute, segment), (attribute, cluster), (attribute, portfolio))
)
select
    attribute,
    grouping,
    group_name,
    customers,
    lowest + width * mean_part as mean,
    width * width * greatest(mean_square - mean_part * mean_part, 0) as variance
from summed
join bounds using (attribute)
order by all
