-- grain: one row: the last night that clusters were fitted on, or none
-- inputs: segments.cluster_fits, segments.cluster_model
select
    as_of_date,
    settings,
    coalesce((select max(cluster_id) from segments.cluster_model), 0) as last_id
from segments.cluster_fits
order by as_of_date desc
limit 1
