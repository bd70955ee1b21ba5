-- grain: one row per measure and score
-- inputs: segments.rfm_thresholds
-- Where a measure is scored within groups, a score stands for other values in each, so there are no bounds to show.
select
    measure,
    score,
    bool_or(within_recency is not null) as is_nested,
    case when not is_nested then min(lower) end as lower,
    case when not is_nested then max(upper) end as upper,
    case when not is_nested then min(note) end as note
from segments.rfm_thresholds
where as_of_date = $as_of_date
group by measure, score
order by measure, score
