-- grain: one row per measure, group of earlier scores and score
-- inputs: segments.rfm_thresholds
-- The thresholds of $as_of_date; those from before ranges were kept are of no use and left out.
select measure, within_recency, within_frequency, score, starts_at, note
from segments.rfm_thresholds
where as_of_date = $as_of_date and method is not null
order by measure, within_recency, within_frequency, score
