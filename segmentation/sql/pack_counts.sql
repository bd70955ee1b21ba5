-- grain: one row for $plan_id
-- inputs: targeting.selection, crm.customers, crm.contacts, pack_seeds
select
    count(*) filter (where arm = 'treatment') as planned,
    count(*) filter (where arm = 'treatment' and customers.customer_id is null) as not_known,
    (
        select count(*)
        from pack_seeds
        semi join crm.customers using (customer_id)
    ) as seeds_that_are_customers
from targeting.selection
left join crm.customers as customers using (customer_id)
where plan_id = $plan_id
