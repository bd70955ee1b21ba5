-- grain: one row per campaign, dimension, level, metric and method
-- inputs: response.uplift, response.campaigns
select
    uplift.campaign_id,
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    campaigns.starts_on,
    campaigns.ends_on,
    uplift.dimension,
    uplift.level,
    uplift.metric,
    uplift.method,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high,
    uplift.p_adjusted,
    uplift.provisional,
    uplift.note
from response.uplift
join response.campaigns using (campaign_id)
where uplift.dimension in ('all', 'cell', 'segment')
order by campaigns.starts_on, uplift.campaign_id, uplift.dimension, uplift.level, uplift.metric, uplift.method
