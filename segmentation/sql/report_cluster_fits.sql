-- grain: one row: the last fit, and since when the clusters in use are there; none before the first fit
-- inputs: segments.cluster_fits, segments.cluster_features
select
    as_of_date,
    method,
    outcome,
    clusters,
    agreement,
    staying_share,
    same_clusters,
    note,
    (select max(as_of_date) from segments.cluster_fits where outcome in ('first', 'refitted')) as in_use_since,
    (
        select list(feature || ': ' || features.note order by feature)
        from segments.cluster_features as features
        where features.as_of_date = cluster_fits.as_of_date and features.note is not null
    ) as left_out
from segments.cluster_fits
order by as_of_date desc
limit 1
