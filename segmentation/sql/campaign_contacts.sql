-- grain: one row per campaign but $campaign_id and customer selected for it, as known on $as_of_date
-- inputs: crm.contacts, crm.campaigns, targeting.plans, targeting.selection
-- Plans that are approved or exported count as long as the source has no contact of their campaign; of several plans of
-- a campaign the last. A campaign without ends_on lasts $response_window_days.
with delivered as (
    select
        contacts.customer_id,
        campaign_id,
        channel,
        arm,
        coalesce(contacted_on, starts_on) as contacted_on,
        starts_on,
        ends_on
    from crm.contacts
    join crm.campaigns using (campaign_id)
    where coalesce(contacts.known_from, contacted_on, starts_on) <= $as_of_date
),
agreed as (
    select
        plan_id,
        plans.campaign_id,
        channel,
        coalesce(campaigns.starts_on, plans.starts_on) as starts_on,
        ends_on
    from targeting.plans
    left join crm.campaigns using (campaign_id)
    where
        status in ('approved', 'exported')
        and plans.as_of_date <= $as_of_date
        and plans.campaign_id not in (select campaign_id from delivered)
    qualify row_number() over (partition by plans.campaign_id order by plans.as_of_date desc, plan_id desc) = 1
),
selected as (
    from delivered
    union all
    select
        customer_id,
        campaign_id,
        coalesce(selection.channel, agreed.channel),
        arm,
        coalesce(in_home_on, starts_on),
        starts_on,
        ends_on
    from agreed
    join targeting.selection using (plan_id)
)
select
    customer_id,
    campaign_id,
    coalesce(channel, 'mail') as channel,
    arm = 'treatment' as is_contacted,
    contacted_on,
    starts_on,
    coalesce(ends_on, starts_on + $response_window_days::integer - 1) as ends_on
from selected
where campaign_id <> $campaign_id
