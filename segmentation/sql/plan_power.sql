-- grain: one row per test cell of $plan_id, or if it is NULL of the plan made last and not rejected; all cells first
-- inputs: targeting.power, targeting.plans
with last_plan as (
    select plan_id
    from targeting.plans
    where plan_id = $plan_id or ($plan_id is null and status <> 'rejected')
    order by as_of_date desc, created_at desc, plan_id
    limit 1
)
select
    plan_id,
    cell,
    mailed,
    held_out,
    base_rate,
    smallest_uplift,
    expected_uplift,
    power,
    mailed_needed,
    held_out_needed,
    note
from targeting.power
join last_plan using (plan_id)
order by cell <> 'all', cell
