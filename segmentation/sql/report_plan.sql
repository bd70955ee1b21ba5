-- grain: $plan_id, or if it is NULL the plan made last on the knowledge of $as_of_date and not rejected, one that is approved before a draft; no row if none
-- inputs: targeting.plans, crm.campaigns
select
    plans.plan_id,
    plans.campaign_id,
    coalesce(campaigns.name, plans.campaign_id) as name,
    campaigns.starts_on,
    plans.status,
    plans.mailed,
    plans.held_out,
    plans.cost::double as cost,
    plans.expected_response,
    plans.expected_incremental_profit::double as profit,
    plans.expected_incremental_profit_ci_low::double as profit_ci_low,
    plans.expected_incremental_profit_ci_high::double as profit_ci_high,
    plans.minimum_detectable_uplift,
    plans.note
from targeting.plans
left join crm.campaigns using (campaign_id)
where
    plans.plan_id = $plan_id
    or ($plan_id is null and plans.as_of_date = $as_of_date and plans.status <> 'rejected')
order by plans.status = 'draft', plans.created_at desc, plans.plan_id
limit 1
