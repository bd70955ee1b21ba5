-- grain: one row per customer on file by tonight, $as_of_date, but for those of segments.unscored
-- inputs: crm.customers, segments.rfm, segments.clusters, segments.unscored
select
    customers.customer_id,
    $as_of_date::date as as_of_date,
    coalesce(rfm.segment, 'never bought') as segment,
    clusters.cluster_id
from crm.customers
anti join segments.unscored using (customer_id)
left join segments.rfm using (customer_id)
left join segments.clusters using (customer_id)
where rfm.customer_id is not null or coalesce(customers.created_on, $as_of_date) <= $as_of_date
order by customers.customer_id
