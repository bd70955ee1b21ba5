-- grain: as response.uplift, of campaigns of $channel whose window has closed and whose arms are not known to be biased
-- inputs: response.uplift, crm.campaigns
-- Every result counts once, so the adjusted ones are left out.
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
where
    not uplift.provisional
    and uplift.method <> 'randomised_adjusted'
    and uplift.sample_ratio is distinct from 'fail'
    and coalesce(campaigns.channel, 'mail') = $channel
order by campaign_id, dimension, level, metric, method
