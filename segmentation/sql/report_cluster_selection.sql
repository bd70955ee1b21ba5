-- grain: one row per candidate number of clusters of the last fit
-- inputs: segments.cluster_selection
select k, silhouette, davies_bouldin, stability, smallest_share, chosen, note
from segments.cluster_selection
qualify as_of_date = max(as_of_date) over ()
order by k
