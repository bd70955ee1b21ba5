-- grain: one row per cluster and feature
-- inputs: segments.cluster_profiles, segments.cluster_model
-- centre is empty for a feature that is the same for everybody: it had no part in the fit.
with means as (
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
    cluster_model.centre
from means
left join segments.cluster_model using (cluster_id, feature)
order by means.cluster_id, means.feature
