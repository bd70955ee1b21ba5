-- grain: one row: $plan_id
-- inputs: targeting.plans, crm.campaigns
select plans.as_of_date, coalesce(campaigns.channel, plans.parameters::json ->> '$.channel', 'mail') as channel
from targeting.plans
left join crm.campaigns using (campaign_id)
where plans.plan_id = $plan_id
