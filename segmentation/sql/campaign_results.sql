-- grain: one row per campaign that has started, or only $campaign_id if given
-- inputs: response.campaigns
select
    campaign_id,
    name,
    design,
    mailed,
    held_out,
    response_rate,
    cost,
    incremental_revenue,
    incremental_profit,
    incremental_profit_ci_low as profit_ci_low,
    incremental_profit_ci_high as profit_ci_high,
    pays,
    provisional
from response.campaigns
where campaign_id = $campaign_id or $campaign_id is null
order by starts_on, campaign_id
