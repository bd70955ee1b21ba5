-- grain: one row per campaign that was not exported yet; that of $campaign_id in any case
-- inputs: crm.campaigns, targeting.plans
-- An exported plan has put its campaign into crm.campaigns; it is not the next to plan.
select *
from crm.campaigns
where
    campaign_id = $campaign_id
    or campaign_id not in (select campaign_id from targeting.plans where status = 'exported')
