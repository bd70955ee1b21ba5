-- grain: one row per campaign that has started
-- inputs: response.campaigns, crm.campaigns
-- Campaigns of one kind have the channel and, where the source names one, the type in common.
select
    results.campaign_id,
    coalesce(results.name, results.campaign_id) as name,
    coalesce(campaigns.channel, 'mail') || coalesce(', ' || campaigns.campaign_type, '') as kind,
    results.starts_on,
    results.ends_on,
    date_diff('day', results.starts_on, results.ends_on) + 1 as days,
    results.design,
    results.mailed,
    results.provisional,
    results.cost_per_response,
    results.cost_per_incremental_response,
    results.cost_per_incremental_response_ci_low,
    results.cost_per_incremental_response_ci_high
from response.campaigns as results
join crm.campaigns using (campaign_id)
order by results.starts_on, results.campaign_id
