-- grain: one row per campaign that has started
-- inputs: response.campaigns, response.uplift, response.sample_ratio
-- A reason is that of a missing figure; where the figure is there, it means nothing.
with reasons as (
    select
        campaign_id,
        min(note) filter (where metric = 'response') as response_note,
        min(note) filter (where metric = 'revenue') as revenue_note,
        min(note) filter (where metric = 'margin') as margin_note,
        bool_or(comparability = 'fail') as is_incomparable
    from (
        select
            * exclude (note),
            case
                when caution is null then note
                else nullif(left(note, greatest(length(note) - length(caution) - 2, 0)), '')
            end as note
        from response.uplift
    )
    where dimension = 'all' and method <> 'randomised_adjusted'
    group by campaign_id
),
failures as (
    select distinct campaign_id
    from response.sample_ratio
    where verdict = 'fail'
)
select
    campaigns.campaign_id,
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.design,
    campaigns.mailed,
    campaigns.held_out,
    campaigns.responders,
    campaigns.response_rate,
    campaigns.response_rate_ci_low,
    campaigns.response_rate_ci_high,
    campaigns.cost::double as cost,
    campaigns.cost_per_response,
    campaigns.incremental_revenue as revenue,
    campaigns.incremental_revenue_ci_low as revenue_ci_low,
    campaigns.incremental_revenue_ci_high as revenue_ci_high,
    campaigns.incremental_profit as profit,
    campaigns.incremental_profit_ci_low as profit_ci_low,
    campaigns.incremental_profit_ci_high as profit_ci_high,
    campaigns.pays,
    campaigns.provisional,
    failures.campaign_id is not null as has_failed_arms,
    coalesce(reasons.is_incomparable, false) as is_incomparable,
    campaigns.note,
    coalesce(reasons.response_note, campaigns.note) as response_reason,
    coalesce(reasons.revenue_note, campaigns.note) as revenue_reason,
    case when campaigns.cost is null then campaigns.note else coalesce(reasons.margin_note, campaigns.note) end
        as profit_reason
from response.campaigns
left join reasons using (campaign_id)
left join failures using (campaign_id)
order by campaigns.starts_on, campaigns.campaign_id
