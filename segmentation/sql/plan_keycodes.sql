-- grain: one row per key code of $plan_id
-- inputs: targeting.selection
select distinct keycode
from targeting.selection
where plan_id = $plan_id and keycode is not null
order by keycode
