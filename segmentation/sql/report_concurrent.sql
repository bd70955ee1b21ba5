-- grain: one row per campaign with a hold-out and other campaign that mailed some of its customers in the same days
-- inputs: response.concurrent, response.campaigns
select
    concurrent.campaign_id,
    coalesce(campaigns.name, concurrent.campaign_id) as name,
    coalesce(others.name, concurrent.other_campaign_id) as other_name,
    concurrent.shared_days,
    concurrent.treated_share,
    concurrent.control_share,
    concurrent.verdict
from response.concurrent
join response.campaigns using (campaign_id)
left join response.campaigns as others on concurrent.other_campaign_id = others.campaign_id
where campaigns.held_out > 0 and concurrent.treated_mailed + concurrent.control_mailed > 0
order by campaigns.starts_on desc, concurrent.campaign_id, concurrent.verdict, others.starts_on, concurrent.other_campaign_id
