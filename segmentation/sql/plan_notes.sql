-- grain: one row per step of $plan_id with something to know
-- inputs: targeting.waterfall
select reason, note
from targeting.waterfall
where plan_id = $plan_id and note is not null
order by step
