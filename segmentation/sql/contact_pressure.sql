-- grain: one row per customer with a contact or campaign near $starts_on
-- inputs: campaign_contacts, crm.campaigns
-- Windows of days end with the in-home date. A contact counts for the rest days of its channel ($rest_channels,
-- $rest_lengths), or else for $rest_days. What has no cap ($channel_contacts, $all_contacts) is NULL.
with counted as (
    select
        *,
        is_contacted and contacted_on <= $starts_on as is_earlier,
        $starts_on::date - contacted_on as days_before
    from campaign_contacts
)
select
    customer_id,
    coalesce(bool_or(
        is_earlier
        and days_before < coalesce(
            list_extract($rest_lengths::integer[], list_position($rest_channels::varchar[], channel)),
            $rest_days::integer
        )
    ), false) as is_resting,
    coalesce(
        count(*) filter (where is_earlier and channel = $channel and days_before < $channel_days::integer)
        >= $channel_contacts::integer,
        false
    ) or coalesce(
        count(*) filter (where is_earlier and days_before < $all_days::integer) >= $all_contacts::integer, false
    ) as is_at_cap,
    coalesce(bool_or(
        counted.starts_on <= coalesce(
            (select ends_on from crm.campaigns where campaign_id = $campaign_id),
            $starts_on::date + $response_window_days::integer - 1
        )
        and counted.ends_on >= $starts_on::date
        and ($overlap = 'both arms' or ($overlap = 'mailed' and is_contacted))
    ), false) as is_in_campaign
from counted
group by customer_id
order by customer_id
