-- grain: one row per cost on the profit curve of $plan_id
-- inputs: targeting.profit_curve
select
    pieces,
    cost::double as cost,
    expected_profit::double as profit,
    expected_profit_ci_low::double as low,
    expected_profit_ci_high::double as high,
    is_plan,
    is_break_even,
    note
from targeting.profit_curve
where plan_id = $plan_id
order by profit_curve.cost
