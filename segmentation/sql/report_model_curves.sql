-- grain: one row per curve and share of the chosen models of the channel of $plan_id, on its as-of date
-- inputs: targeting.model_curves, targeting.plans, crm.campaigns
select model_curves.*
from targeting.model_curves
join targeting.plans using (as_of_date)
left join crm.campaigns using (campaign_id)
where plans.plan_id = $plan_id and model_curves.channel = coalesce(campaigns.channel, plans.parameters::json ->> '$.channel', 'mail')
order by model_curves.kind, model_curves.curve, model_curves.share
