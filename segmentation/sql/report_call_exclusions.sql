-- grain: one row per reason why customers may not be called, those of most customers first
-- inputs: targeting.call_exclusions
select reason, customers
from targeting.call_exclusions
where as_of_date = $as_of_date and customers > 0
order by customers desc, step
