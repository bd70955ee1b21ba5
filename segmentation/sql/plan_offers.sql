-- grain: one row per offer of $plan_id; none where it has no offers
-- inputs: targeting.offers
select offer, cell, channel, unit_cost, pieces, cost, expected_profit, basis
from targeting.offers
where plan_id = $plan_id
order by cell
