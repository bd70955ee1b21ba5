-- grain: one row per measure and tenth of $as_of_date
-- inputs: segments.distribution
select measure, bin, starts_at, customers
from segments.distribution
where as_of_date = $as_of_date
order by measure, bin
