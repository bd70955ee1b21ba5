-- grain: one row per as-of date with a plan that is not rejected: the one made last, one that is approved before a draft
-- inputs: targeting.plans, crm.campaigns
select
    plans.as_of_date,
    coalesce(campaigns.name, plans.campaign_id) as name,
    plans.status,
    plans.mailed
from targeting.plans
left join crm.campaigns using (campaign_id)
where plans.status <> 'rejected'
qualify row_number() over (
    partition by plans.as_of_date order by plans.status = 'draft', plans.created_at desc, plans.plan_id
) = 1
order by plans.as_of_date
