-- grain: one row per campaign that has started
-- inputs: response.credits, response.campaigns, response.uplift
-- A reason is that of a missing estimate; where the estimate is there, it means nothing.
with reasons as (
    select
        campaign_id,
        method,
        min(note) filter (where metric = 'conversion') as customers_reason,
        min(note) filter (where metric = 'revenue') as revenue_reason
    from response.uplift
    where dimension = 'all'
    group by campaign_id, method
)
select
    coalesce(campaigns.name, campaigns.campaign_id) as name,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.mailed,
    credits.*,
    coalesce(reasons.customers_reason, campaigns.note) as customers_reason,
    coalesce(reasons.revenue_reason, campaigns.note) as revenue_reason
from response.credits
join response.campaigns using (campaign_id)
left join reasons on credits.campaign_id = reasons.campaign_id and credits.design = reasons.method
order by campaigns.starts_on, campaigns.campaign_id
