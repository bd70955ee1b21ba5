-- grain: as response.uplift, of campaigns of $channel whose window has closed
-- inputs: response.uplift, crm.campaigns
select
    uplift.campaign_id,
    uplift.dimension,
    uplift.level,
    uplift.metric,
    uplift.method,
    uplift.treated,
    uplift.treated_mean,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high
from response.uplift
join crm.campaigns using (campaign_id)
where not uplift.provisional and coalesce(campaigns.channel, 'mail') = $channel
order by campaign_id, dimension, level, metric, method
