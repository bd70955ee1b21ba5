-- grain: one row per campaign that has started by $as_of_date
-- inputs: crm.campaigns, crm.contacts, crm.responses, quality.both_arms
-- A campaign without ends_on is given a window of $response_window_days; a piece without a cost costs $unit_cost.
with started as (
    select
        campaign_id,
        coalesce(name, campaign_id) as name,
        channel,
        starts_on,
        coalesce(ends_on, starts_on + $response_window_days::integer - 1) as ends_on,
        ends_on is null as window_is_assumed,
        unit_cost,
        fixed_cost
    from crm.campaigns
    where starts_on <= $as_of_date
),
pieces as (
    select
        contacts.campaign_id,
        count(*) filter (where arm = 'treatment') as mailed,
        count(*) filter (where arm = 'control') as held_out,
        sum(coalesce(contacts.unit_cost, started.unit_cost, $unit_cost)) filter (where arm = 'treatment') as cost,
        bool_and(coalesce(contacts.unit_cost, started.unit_cost, $unit_cost) is not null)
            filter (where arm = 'treatment') as cost_is_known
    from crm.contacts
    join started using (campaign_id)
    group by contacts.campaign_id
),
replies as (
    select
        started.campaign_id,
        count(distinct contacts.customer_id) filter (where contacts.arm = 'treatment') as responders
    from crm.responses
    join started using (campaign_id)
    left join crm.contacts
        on responses.campaign_id = contacts.campaign_id
        and responses.customer_id = contacts.customer_id
    where responded_at < least(started.ends_on, $as_of_date::date) + 1 and responded_at >= started.starts_on
    group by started.campaign_id
),
contradicted as (
    select campaign_id, max_by(customers, as_of_date) as customers
    from quality.both_arms
    where as_of_date <= $as_of_date
    group by campaign_id
)
select
    started.campaign_id,
    started.name,
    started.channel,
    started.starts_on,
    started.ends_on,
    started.ends_on > $as_of_date as provisional,
    coalesce(pieces.mailed, 0) as mailed,
    coalesce(pieces.held_out, 0) as held_out,
    case when pieces.cost_is_known then pieces.cost + coalesce(started.fixed_cost, 0) end::double as cost,
    replies.campaign_id is not null as has_replies,
    replies.responders,
    started.window_is_assumed,
    coalesce(contradicted.customers, 0) as both_arms
from started
left join pieces using (campaign_id)
left join replies using (campaign_id)
left join contradicted using (campaign_id)
order by started.starts_on, started.campaign_id
