-- grain: one row per campaign that has started, dimension (all or segment), level and metric
-- inputs: response.uplift, response.campaigns
select
    uplift.campaign_id,
    uplift.dimension,
    uplift.level,
    uplift.metric,
    uplift.method,
    campaigns.mailed,
    uplift.treated,
    uplift.treated_mean,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high,
    uplift.note
from response.uplift
join response.campaigns using (campaign_id)
where uplift.method = campaigns.design and uplift.dimension in ('all', 'segment')
order by uplift.campaign_id, uplift.dimension, uplift.level, uplift.metric
