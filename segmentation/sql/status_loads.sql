-- grain: one row per input table of the last night
-- inputs: quality.loads, ops.runs
select table_name, rows_read, rows_loaded, rows_rejected, rows_unchanged, note
from quality.loads
where run_id = (select run_id from ops.runs where flow = 'night' order by finished_at desc limit 1)
order by table_name
