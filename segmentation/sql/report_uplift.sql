-- grain: one row per campaign, dimension, level, metric and method; segments in the order of the rules
-- inputs: response.uplift, response.campaigns, segments.rules
-- A note is that of the figure, without what is said of the campaign as a whole.
select
    uplift.campaign_id,
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    campaigns.starts_on,
    campaigns.ends_on,
    uplift.dimension,
    uplift.level,
    uplift.metric,
    uplift.method,
    uplift.treated,
    uplift.control,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high,
    uplift.p_adjusted,
    uplift.variance_reduction,
    uplift.shrunk_uplift,
    uplift.shrunk_ci_low,
    uplift.shrunk_ci_high,
    uplift.shrinkage,
    uplift.information,
    uplift.sequential_ci_low,
    uplift.sequential_ci_high,
    coalesce(uplift.sample_ratio = 'fail', false) as has_failed_arms,
    uplift.provisional,
    case
        when uplift.caution is null then uplift.note
        else nullif(left(uplift.note, greatest(length(uplift.note) - length(uplift.caution) - 2, 0)), '')
    end as note
from response.uplift
join response.campaigns using (campaign_id)
left join segments.rules on uplift.dimension = 'segment' and uplift.level = rules.segment
where uplift.dimension <> 'cluster'
order by
    campaigns.starts_on,
    uplift.campaign_id,
    uplift.dimension,
    rules.position nulls last,
    uplift.level,
    uplift.metric,
    uplift.method
