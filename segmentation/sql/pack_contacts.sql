-- grain: one row per customer selected in $plan_id, hold-out included, whom crm.contacts does not have for $campaign_id
-- inputs: targeting.selection, crm.customers, crm.contacts
-- A contact is known from its own day, and not before the night after the one it was exported on. A customer held out
-- costs nothing.
select
    $campaign_id as campaign_id,
    selection.customer_id,
    selection.arm,
    selection.cell,
    selection.keycode,
    $starts_on::date as contacted_on,
    case when selection.arm = 'treatment' then $unit_cost::double end as unit_cost,
    greatest($as_of_date::date + 1, $starts_on::date) as known_from
from targeting.selection as selection
semi join crm.customers as customers on selection.customer_id = customers.customer_id
anti join crm.contacts as contacts
    on contacts.campaign_id = $campaign_id and selection.customer_id = contacts.customer_id
where selection.plan_id = $plan_id
order by selection.rank, selection.customer_id
