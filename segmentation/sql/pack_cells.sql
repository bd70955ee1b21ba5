-- grain: one row per cell of $plan_id with customers to be mailed
-- inputs: targeting.selection, crm.customers
-- Whoever is mailed first lends the seeds the key code of the cell.
select
    selection.cell,
    count(*) as customers,
    min(selection.rank) as best_rank,
    max(selection.rank) as last_rank,
    list_sort(list(distinct selection.keycode) filter (where selection.keycode is not null)) as keycodes,
    first(selection order by selection.rank, selection.customer_id) as selection
from targeting.selection as selection
join crm.customers using (customer_id)
where selection.plan_id = $plan_id and selection.arm = 'treatment'
group by selection.cell
order by selection.cell nulls first
