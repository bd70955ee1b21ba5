-- grain: one row per campaign that has mailed somebody
-- inputs: response.campaigns, response.uplift, response.sample_ratio, crm.campaigns, targeting.plans, targeting.waterfall
-- A campaign whose arms are not as planned has no estimate. Eligible are those whom the last plan made before the start could have mailed, had the budget sufficed.
with planned as (
    select
        plans.campaign_id,
        max_by(waterfall.customers_before, (plans.as_of_date, plans.created_at, plans.plan_id)) as eligible
    from targeting.plans
    join targeting.waterfall using (plan_id)
    join response.campaigns on plans.campaign_id = campaigns.campaign_id and plans.as_of_date < campaigns.starts_on
    where waterfall.reason = 'beyond the budget' and plans.status <> 'rejected'
    group by plans.campaign_id
),
reasons as (
    select campaign_id, min(note) as margin_note
    from response.uplift
    where dimension = 'all' and metric = 'margin' and method <> 'randomised_adjusted'
    group by campaign_id
),
failures as (
    select distinct campaign_id
    from response.sample_ratio
    where verdict = 'fail'
)
select
    measured.campaign_id,
    measured.starts_on,
    measured.ends_on,
    if(measured.design = 'observational', 'observational', 'randomised') as basis,
    measured.provisional,
    measured.mailed,
    measured.cost::double as cost,
    (measured.cost - coalesce(campaigns.fixed_cost, 0))::double / measured.mailed as piece_cost,
    if(failures.campaign_id is null, measured.incremental_margin, null) as estimate,
    if(failures.campaign_id is null, measured.incremental_margin_ci_low, null) as low,
    if(failures.campaign_id is null, measured.incremental_margin_ci_high, null) as high,
    planned.eligible,
    if(failures.campaign_id is null, margin_note, 'the arms are not as planned; see response.sample_ratio')
        as margin_note
from response.campaigns as measured
left join crm.campaigns using (campaign_id)
left join planned using (campaign_id)
left join reasons using (campaign_id)
left join failures using (campaign_id)
where measured.mailed > 0
order by measured.ends_on, measured.campaign_id
