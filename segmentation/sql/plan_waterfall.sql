-- grain: one row per step of $plan_id
-- inputs: targeting.waterfall
select step, reason, customers_before, customers_removed, customers_after
from targeting.waterfall
where plan_id = $plan_id
order by step
