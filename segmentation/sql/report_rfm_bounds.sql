-- grain: one row per measure and score
-- inputs: segments.rfm_thresholds
select measure, score, lower, upper, note
from segments.rfm_thresholds
where as_of_date = $as_of_date
order by measure, score
