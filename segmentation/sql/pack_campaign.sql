-- grain: one row for $campaign_id, if crm.campaigns does not have it
-- inputs: crm.campaigns, targeting.offers
-- It is known from the night after the one it was exported on. Offers of $plan_id add their fixed cost.
with of_offers as (
    select coalesce(sum(cost) - sum(pieces * unit_cost), 0) as fixed_cost
    from targeting.offers
    where plan_id = $plan_id
)
select
    $campaign_id as campaign_id,
    $starts_on::date as starts_on,
    $channel as channel,
    $unit_cost::double as unit_cost,
    ($fixed_cost + of_offers.fixed_cost)::decimal(18, 2) as fixed_cost,
    $control_share::double as control_share,
    $as_of_date::date + 1 as known_from
from of_offers
where $campaign_id not in (select campaign_id from crm.campaigns)
