-- grain: one row per other plan of $campaign_id that was exported
-- inputs: targeting.plans
select plan_id
from targeting.plans
where campaign_id = $campaign_id and plan_id <> $plan_id and status = 'exported'
order by plan_id
