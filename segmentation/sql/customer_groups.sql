-- grain: one row per scored customer
-- inputs: segments.rfm, segments.clusters, segments.value
select
    rfm.customer_id,
    rfm.segment,
    clusters.cluster_name as cluster,
    value.portfolio
from segments.rfm
left join segments.clusters using (customer_id)
left join segments.value using (customer_id)
