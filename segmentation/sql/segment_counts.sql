-- grain: one row per date of the two, and segment
-- inputs: segments.history
select as_of_date, 'segment' as measure, segment as bin, count(*) as customers
from segments.history
where as_of_date in ($before, $as_of_date)
group by as_of_date, segment
order by as_of_date, segment
