-- grain: one row: the dates of segments.history before and after $as_of_date, empty where there is none
-- inputs: segments.history
select
    max(as_of_date) filter (where as_of_date < $as_of_date) as before,
    min(as_of_date) filter (where as_of_date > $as_of_date) as after
from segments.history
