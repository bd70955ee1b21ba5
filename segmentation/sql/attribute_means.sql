-- grain: one row per attribute of $attributes, grouping and group in which a number is known
-- inputs: customer_attributes, customer_groups
-- group_name is empty for customers in no group. Numbers are added up in their order: sums of floats depend on it.
select
    attribute,
    case when grouping(segment) = 0 then 'segment' when grouping(cluster) = 0 then 'cluster' else 'portfolio' end
        as grouping,
    coalesce(segment, cluster, portfolio) as group_name,
    count(*) as customers,
    avg(number order by number) as mean,
    coalesce(var_pop(number order by number), 0) as variance
from customer_attributes
join customer_groups using (customer_id)
where list_contains($attributes, attribute) and number is not null
group by grouping sets ((attribute, segment), (attribute, cluster), (attribute, portfolio))
order by all
