-- grain: one row per measure, the largest drift first
-- inputs: segments.drift
select measure, compared_with, psi, warns, note
from segments.drift
where as_of_date = $as_of_date
order by psi desc nulls last, measure
