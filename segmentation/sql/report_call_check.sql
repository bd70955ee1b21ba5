-- grain: one row per bin of the way that was chosen, and one per way for all customers
-- inputs: targeting.call_check
select method, bin, calibrated_to, as_of_date, customers, expected, ordered, ordered_ci_low, ordered_ci_high,
    brier_score, chosen, note
from targeting.call_check
where chosen or bin = 0
order by chosen desc, method, bin
