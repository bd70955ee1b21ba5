-- grain: one row per pair of plans of $plan_ids
-- inputs: targeting.selection
-- Customers to be mailed by both, and those one mails while the other holds them out.
with selected as (
    select plan_id, customer_id, arm
    from targeting.selection
    where list_contains($plan_ids::varchar[], plan_id)
)
select
    one.plan_id,
    other.plan_id as other_plan_id,
    count(*) filter (where one.arm = 'treatment' and other.arm = 'treatment') as mailed_by_both,
    count(*) filter (where one.arm <> other.arm) as mailed_by_one_held_out_by_other,
    count(*) filter (where one.arm = 'control' and other.arm = 'control') as held_out_by_both
from selected as one
join selected as other on one.customer_id = other.customer_id and one.plan_id < other.plan_id
group by one.plan_id, other.plan_id
order by one.plan_id, other.plan_id
