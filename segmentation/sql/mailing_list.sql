-- grain: one row per customer to be mailed in $plan_id, best first
-- inputs: targeting.selection, crm.customers
select
    selection.rank,
    selection.customer_id,
    selection.keycode,
    selection.cell,
    selection.offer,
    selection.in_home_on,
    customers.title,
    customers.first_name,
    customers.last_name,
    customers.address_line,
    customers.postcode,
    customers.city,
    customers.country,
    customers.email
from targeting.selection
join crm.customers using (customer_id)
where selection.plan_id = $plan_id and selection.arm = 'treatment'
order by selection.rank
