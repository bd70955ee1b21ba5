-- grain: one row per customer who seems to be the same person as another
-- inputs: duplicates
select customer_id, group_number, matched_by, score
from duplicates
order by group_number, customer_id
