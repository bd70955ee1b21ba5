-- grain: one row per candidate number of clusters
-- inputs: segments.cluster_selection
select k, silhouette, stability, smallest_share, chosen, note
from segments.cluster_selection
order by k
