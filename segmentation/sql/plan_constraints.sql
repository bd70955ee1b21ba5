-- grain: one row per limit of $plan_id
-- inputs: targeting.constraints
select "constraint", "limit", used, shadow_price, binding, note
from targeting.constraints
where plan_id = $plan_id
order by "constraint" <> 'plan.budget', "constraint"
