-- grain: one row per cost of the programme that has begun by $as_of_date, or says nothing of when
-- inputs: crm.costs
select name, amount::double as amount, kind, "from", "to", null::double as growth
from crm.costs
where coalesce("from" <= $as_of_date, true)
order by name, amount, kind, "from", "to"
