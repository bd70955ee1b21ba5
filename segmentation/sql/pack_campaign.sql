-- grain: one row for $campaign_id, if crm.campaigns does not have it
-- inputs: crm.campaigns
-- It is known from the night after the one it was exported on.
select
    $campaign_id as campaign_id,
    $starts_on::date as starts_on,
    $channel as channel,
    $unit_cost::double as unit_cost,
    $fixed_cost::decimal(18, 2) as fixed_cost,
    $control_share::double as control_share,
    $as_of_date::date + 1 as known_from
where $campaign_id not in (select campaign_id from crm.campaigns)
