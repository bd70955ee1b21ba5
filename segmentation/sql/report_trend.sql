-- grain: one row per campaign that has started and metric
-- inputs: response.trend, response.campaigns
select
    trend.kind,
    trend.design,
    trend.metric,
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    trend.starts_on,
    trend.uplift,
    trend.ci_low,
    trend.ci_high,
    trend.pooled_campaigns,
    trend.pooled_uplift,
    trend.pooled_ci_low,
    trend.pooled_ci_high,
    trend.i2,
    trend.slope_per_year,
    trend.slope_ci_low,
    trend.slope_ci_high,
    trend.provisional
from response.trend
join response.campaigns using (campaign_id)
order by trend.kind, trend.design, trend.metric, trend.starts_on, trend.campaign_id
