-- grain: one row per cluster and feature
-- inputs: segments.cluster_profiles, segments.cluster_model
-- centre is empty for a feature that the clusters are not made of.
with in_use as (
    select cluster_id, feature, centre
    from segments.cluster_model
    where method is not null
    qualify as_of_date = max(as_of_date) over ()
),
means as (
    select cluster_id, cluster_name, customers, share, mean_spend, feature, mean
    from segments.cluster_profiles
    unpivot include nulls (
        mean for feature in (columns(* exclude (cluster_id, cluster_name, customers, share, mean_spend)))
    )
)
select
    means.cluster_id,
    means.cluster_name,
    means.customers,
    means.share,
    means.mean_spend,
    means.feature,
    means.mean,
    in_use.centre
from means
left join in_use using (cluster_id, feature)
order by means.cluster_id, means.feature
