-- grain: one row per rule of $plan_id
-- inputs: targeting.alternatives
select rule, pieces, cost, expected_profit, expected_profit_ci_low, expected_profit_ci_high, note
from targeting.alternatives
where plan_id = $plan_id
order by position
