-- grain: one row per campaign with a hold-out in which somebody did not get what the arm says
-- inputs: response.contamination, response.campaigns, response.uplift
select
    contamination.campaign_id,
    coalesce(campaigns.name, contamination.campaign_id) as name,
    contamination.control,
    contamination.contaminated,
    contamination.share,
    contamination.share_ci_low,
    contamination.share_ci_high,
    contamination.treated,
    contamination.unreached,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high,
    uplift.complier_uplift,
    uplift.complier_ci_low,
    uplift.complier_ci_high,
    contamination.note
from response.contamination
join response.campaigns using (campaign_id)
left join response.uplift
    on contamination.campaign_id = uplift.campaign_id
    and uplift.dimension = 'all'
    and uplift.metric = 'revenue'
    and uplift.method = 'randomised'
where
    contamination.cell = 'all'
    and contamination.control > 0
    and contamination.contaminated + contamination.unreached > 0
order by campaigns.starts_on desc, contamination.campaign_id
