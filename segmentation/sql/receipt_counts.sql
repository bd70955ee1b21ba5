-- grain: one row per arm and cell of $campaign_id
-- inputs: crm.contacts, campaign_receipts, crm.campaigns
-- mailed_elsewhere: by a campaign of one channel and type with this one whose window overlaps, started by $as_of_date.
with others as (
    select other.campaign_id
    from crm.campaigns as this
    join crm.campaigns as other
        on this.campaign_id <> other.campaign_id
        and coalesce(this.channel, 'mail') = coalesce(other.channel, 'mail')
        and this.campaign_type is not distinct from other.campaign_type
    where
        this.campaign_id = $campaign_id
        and other.starts_on <= least($ends_on::date, $as_of_date::date)
        and coalesce(other.ends_on, other.starts_on + $response_window_days::integer - 1) >= $starts_on
),
elsewhere as (
    select distinct customer_id
    from crm.contacts
    where arm = 'treatment' and campaign_id in (select campaign_id from others)
)
select
    contacts.arm,
    contacts.cell,
    count(*) as customers,
    count(receipts.customer_id) as otherwise,
    count(*) filter (where has_day or has_code) as by_contact,
    count(*) filter (where has_quoted) as by_quote,
    count(elsewhere.customer_id) as mailed_elsewhere
from crm.contacts
left join campaign_receipts as receipts using (customer_id)
left join elsewhere using (customer_id)
where contacts.campaign_id = $campaign_id
group by contacts.arm, contacts.cell
order by contacts.arm, contacts.cell
