-- grain: one row per cluster and feature of the newest model
-- inputs: segments.cluster_model
select *
from segments.cluster_model
where method is not null
qualify as_of_date = max(as_of_date) over ()
order by cluster_id, position
