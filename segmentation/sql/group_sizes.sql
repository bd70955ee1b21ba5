-- grain: one row per grouping and group; group_name is empty for customers in no group
-- inputs: customer_groups
select
    case when grouping(segment) = 0 then 'segment' when grouping(cluster) = 0 then 'cluster' else 'portfolio' end
        as grouping,
    coalesce(segment, cluster, portfolio) as group_name,
    count(*) as size
from customer_groups
group by grouping sets ((segment), (cluster), (portfolio))
order by all
