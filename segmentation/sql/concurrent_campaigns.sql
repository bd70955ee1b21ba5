-- grain: one row per other campaign, started by $as_of_date, whose window overlaps that of $campaign_id
-- inputs: crm.contacts, crm.campaigns
with others as (
    select
        other.campaign_id as other_campaign_id,
        other.starts_on,
        coalesce(other.channel, 'mail') = coalesce(this.channel, 'mail')
        and other.campaign_type is not distinct from this.campaign_type as is_same_kind,
        coalesce(other.ends_on, other.starts_on + $response_window_days::integer - 1) as ends_on
    from crm.campaigns as other
    join crm.campaigns as this on other.campaign_id <> this.campaign_id and this.campaign_id = $campaign_id
    where other.starts_on <= least($ends_on::date, $as_of_date::date)
),
overlapping as (
    select
        other_campaign_id,
        is_same_kind,
        date_diff('day', greatest(starts_on, $starts_on::date), least(ends_on, $ends_on::date)) + 1 as shared_days
    from others
    where ends_on >= $starts_on
),
shared as (
    select
        there.campaign_id as other_campaign_id,
        count(*) filter (where here.arm = 'treatment') as treated_mailed,
        count(*) filter (where here.arm = 'control') as control_mailed
    from crm.contacts as here
    join crm.contacts as there using (customer_id)
    where
        here.campaign_id = $campaign_id
        and there.arm = 'treatment'
        and there.campaign_id in (select other_campaign_id from overlapping)
    group by there.campaign_id
)
select
    overlapping.other_campaign_id,
    overlapping.shared_days,
    overlapping.is_same_kind,
    coalesce(shared.treated_mailed, 0) as treated_mailed,
    coalesce(shared.control_mailed, 0) as control_mailed
from overlapping
left join shared using (other_campaign_id)
order by overlapping.other_campaign_id
