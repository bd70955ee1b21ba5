-- grain: one row per test cell of $plan_id; the hold-out that all cells share has none
-- inputs: targeting.selection
-- Rates are averaged as decimals: in any order, to the same digit.
select
    cell,
    count(*) filter (where arm = 'treatment') as mailed,
    count(*) filter (where arm = 'control') as held_out,
    (
        sum(expected_response::decimal(18, 12)) filter (where arm = 'treatment')
        / nullif(count(expected_response) filter (where arm = 'treatment'), 0)
    )::double as base_rate
from targeting.selection
where plan_id = $plan_id
group by cell
order by cell
