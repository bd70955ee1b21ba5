-- grain: one row per campaign that starts after $as_of_date and has no plan that is approved or exported, the next first
-- inputs: crm.campaigns, targeting.plans
select campaign_id, name, starts_on
from crm.campaigns
where
    starts_on > $as_of_date
    and campaign_id not in (select campaign_id from targeting.plans where status in ('approved', 'exported'))
order by starts_on, campaign_id
