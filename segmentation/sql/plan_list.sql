-- grain: one row per plan of $plan_ids, or where that is empty per plan of the last as-of date and every approved or exported one
-- inputs: targeting.plans
select
    plan_id,
    status,
    starts_on,
    (parameters::json ->> '$.budget')::decimal(18, 2) as budget,
    mailed,
    held_out,
    cost,
    expected_response,
    expected_incremental_profit as profit,
    expected_incremental_profit_ci_low as profit_ci_low,
    expected_incremental_profit_ci_high as profit_ci_high,
    minimum_detectable_uplift as smallest_uplift,
    coalesce(exported_by, rejected_by, approved_by, created_by) as by_whom,
    coalesce(exported_at, rejected_at, approved_at, created_at) as at
from targeting.plans
where
    list_contains($plan_ids::varchar[], plan_id)
    or (
        len($plan_ids::varchar[]) = 0
        and (status in ('approved', 'exported') or as_of_date = (select max(as_of_date) from targeting.plans))
    )
order by as_of_date desc, created_at desc, plan_id
