-- grain: one campaign
-- parameters: $last_day, $until, $campaigns
select 'mailing-' || number as campaign_id, 'Mailing ' || number as name, 'mail' as channel,
    ($last_day::date - to_days(60 * (1 + number::int)))::date as starts_on,
    ($last_day::date - to_days(60 * (1 + number::int) - 45))::date as ends_on, 0.55 as unit_cost, 0.1 as control_share,
    number as _number
from range($campaigns) as numbered (number)
where $last_day::date - to_days(60 * (1 + number::int)) <= $until::date
