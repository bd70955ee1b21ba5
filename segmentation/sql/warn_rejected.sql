-- grain: one row per table that the run read
-- inputs: quality.loads
-- parameters: $run_id
select table_name, rows_read, rows_rejected
from quality.loads
where run_id = $run_id
order by table_name
