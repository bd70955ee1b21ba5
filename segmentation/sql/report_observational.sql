-- grain: one row per campaign without hold-out whose customers could be compared, and metric
-- inputs: response.campaigns, response.overlap, response.balance, response.uplift, response.second_opinion,
-- response.sensitivity
with unbalanced as (
    select
        campaign_id,
        count(*) as covariates,
        coalesce(
            list(covariate order by abs(difference_after) desc, covariate) filter (where verdict = 'fail'),
            []::varchar[]
        ) as unbalanced
    from response.balance
    group by campaign_id
)
select
    campaigns.campaign_id,
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    campaigns.starts_on,
    overlap.unmailed,
    overlap.effective_unmailed,
    overlap.verdict as overlap,
    overlap.note as overlap_note,
    unbalanced.covariates,
    unbalanced.unbalanced,
    uplift.metric,
    uplift.uplift,
    uplift.ci_low,
    uplift.ci_high,
    uplift.note as uplift_note,
    second_opinion.estimate as second_opinion,
    second_opinion.ci_low as second_opinion_ci_low,
    second_opinion.ci_high as second_opinion_ci_high,
    second_opinion.agrees,
    second_opinion.placebo_verdict,
    second_opinion.note as second_opinion_note,
    sensitivity.robustness_value,
    sensitivity.robustness_value_interval,
    sensitivity.benchmark,
    sensitivity.benchmark_outcome,
    sensitivity.benchmark_mailing,
    sensitivity.withstands
from response.overlap
join response.campaigns using (campaign_id)
join response.uplift on overlap.campaign_id = uplift.campaign_id and uplift.dimension = 'all'
left join unbalanced on overlap.campaign_id = unbalanced.campaign_id
left join response.second_opinion
    on uplift.campaign_id = second_opinion.campaign_id and uplift.metric = second_opinion.metric
left join response.sensitivity
    on uplift.campaign_id = sensitivity.campaign_id and uplift.metric = sensitivity.metric
where overlap.propensity = 'all' and overlap.verdict is not null
order by campaigns.starts_on, campaigns.campaign_id, uplift.metric
