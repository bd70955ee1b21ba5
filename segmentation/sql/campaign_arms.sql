-- grain: one row per campaign that has started by $as_of_date, arm and cell
-- inputs: crm.campaigns, crm.contacts, targeting.plans
-- With the planned share of the hold-out: of the source, and of the plan of the campaign that was exported last.
with exported as (
    select campaign_id, (parameters::json ->> '$.control_share')::double as control_share
    from targeting.plans
    where status = 'exported'
    qualify row_number() over (partition by campaign_id order by created_at desc, plan_id desc) = 1
)
select
    contacts.campaign_id,
    contacts.arm,
    contacts.cell,
    count(*) as customers,
    any_value(campaigns.control_share) as source_share,
    any_value(exported.control_share) as exported_share
from crm.contacts
join crm.campaigns using (campaign_id)
left join exported using (campaign_id)
where campaigns.starts_on <= $as_of_date
group by contacts.campaign_id, contacts.arm, contacts.cell
order by contacts.campaign_id, contacts.arm, contacts.cell
