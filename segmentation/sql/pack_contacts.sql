-- grain: one row per customer selected in $plan_id, hold-out included, whom crm.contacts does not have for $campaign_id
-- inputs: targeting.selection, targeting.offers, crm.customers, crm.contacts
-- A contact is known from its own day, and not before the night after the one it was exported on. A customer held out
-- costs nothing, and has the day of the next piece.
select
    $campaign_id as campaign_id,
    selection.customer_id,
    selection.arm,
    selection.cell,
    selection.keycode,
    coalesce(selection.in_home_on, $starts_on::date) as contacted_on,
    case when selection.arm = 'treatment' then coalesce(offers.unit_cost, $unit_cost::double) end as unit_cost,
    greatest($as_of_date::date + 1, contacted_on) as known_from
from targeting.selection as selection
left join targeting.offers as offers
    on selection.plan_id = offers.plan_id and selection.offer = offers.offer
semi join crm.customers as customers on selection.customer_id = customers.customer_id
anti join crm.contacts as contacts
    on contacts.campaign_id = $campaign_id and selection.customer_id = contacts.customer_id
where selection.plan_id = $plan_id
order by selection.rank, selection.customer_id
