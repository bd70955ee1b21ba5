-- grain: one row per campaign and metric: against the latest earlier campaign of its kind that it is compared with
-- inputs: response.comparison, response.campaigns
select
    comparison.campaign_id,
    coalesce(now.name, now.campaign_id) as name,
    coalesce(earlier.name, earlier.campaign_id) as earlier_name,
    now.starts_on,
    comparison.metric,
    comparison.design,
    comparison.uplift_change,
    comparison.ci_low,
    comparison.ci_high,
    comparison.rate,
    comparison.earlier_rate,
    comparison.rate_change,
    comparison.mix_effect,
    comparison.rate_effect,
    comparison.verdict,
    comparison.sentence,
    comparison.provisional,
    comparison.note,
    now.cost_per_response,
    earlier.cost_per_response as earlier_cost_per_response,
    now.cost_per_incremental_response,
    earlier.cost_per_incremental_response as earlier_cost_per_incremental_response
from response.comparison
join response.campaigns as now on comparison.campaign_id = now.campaign_id
join response.campaigns as earlier on comparison.earlier_campaign_id = earlier.campaign_id
qualify row_number() over (
    partition by comparison.campaign_id, comparison.metric
    order by earlier.starts_on desc, earlier.campaign_id desc
) = 1
order by now.starts_on, comparison.campaign_id, comparison.metric
