-- grain: one row: $plan_id
-- inputs: targeting.plans
select
    plan_id,
    status,
    mailed,
    held_out,
    cost,
    expected_response,
    minimum_detectable_uplift,
    expected_incremental_profit as profit,
    expected_incremental_profit_ci_low as profit_ci_low,
    expected_incremental_profit_ci_high as profit_ci_high
from targeting.plans
where plan_id = $plan_id
