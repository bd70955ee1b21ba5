-- grain: one row per kind of model and candidate of the channel of $plan_id, on its as-of date
-- inputs: targeting.models, targeting.plans, crm.campaigns
select models.*
from targeting.models
join targeting.plans using (as_of_date)
left join crm.campaigns using (campaign_id)
where plans.plan_id = $plan_id and models.channel = coalesce(campaigns.channel, plans.parameters::json ->> '$.channel', 'mail')
order by models.kind, models.chosen desc, models.gain desc, models.candidate
