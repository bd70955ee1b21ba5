-- grain: one row per customer with an order by tonight's as-of date
-- inputs: segments.rfm, segments.clusters
select customer_id, rfm.as_of_date, segment, cluster_id
from segments.rfm
left join segments.clusters using (customer_id)
order by customer_id
