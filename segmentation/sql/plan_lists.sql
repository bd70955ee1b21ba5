-- grain: one row per suppression list of $plan_id that has rows, or is a file
-- inputs: targeting.suppression_lists
select list_number, list_reason, rows_read, rows_not_usable, customers_matched
from targeting.suppression_lists
where plan_id = $plan_id and (rows_read > 0 or list_number > 0)
order by list_number
