-- grain: the plan whose mailing is foreseen; no row if none
-- inputs: targeting.plans, crm.campaigns
-- Of plans that mail somebody after $as_of_date: the last that is approved or exported, or else the last draft. As in
-- sql/campaign_contacts.sql, a campaign that the source has moved starts when the source says.
select
    plans.plan_id,
    plans.campaign_id,
    coalesce(campaigns.channel, plans.parameters::json ->> '$.channel', 'mail') as channel,
    coalesce(campaigns.starts_on, plans.starts_on) as starts_on
from targeting.plans
left join crm.campaigns using (campaign_id)
where
    plans.status in ('draft', 'approved', 'exported')
    and plans.as_of_date <= $as_of_date
    and coalesce(campaigns.starts_on, plans.starts_on) > $as_of_date
    and plans.mailed > 0
order by
    plans.status = 'draft',
    plans.as_of_date desc,
    coalesce(plans.exported_at, plans.approved_at, plans.created_at) desc,
    plans.plan_id desc
limit 1
