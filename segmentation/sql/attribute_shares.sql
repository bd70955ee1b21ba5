-- grain: one row per attribute of $attributes, grouping, group and value that a customer of the group has
-- inputs: attribute_values
-- group_name is empty for customers in no group.
select
    attribute,
    case when grouping(segment) = 0 then 'segment' when grouping(cluster) = 0 then 'cluster' else 'portfolio' end
        as grouping,
    coalesce(segment, cluster, portfolio) as group_name,
    value,
    sum(customers)::bigint as customers
from attribute_values
where list_contains($attributes, attribute)
group by grouping sets ((attribute, segment, value), (attribute, cluster, value), (attribute, portfolio, value))
order by all
