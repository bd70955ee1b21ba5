-- grain: one row per input table of the last load; a report is written before its run is in ops.runs
-- inputs: quality.loads, whose rows are only ever appended
select table_name, source, rows_read, rows_loaded, rows_rejected, rows_unchanged, note
from quality.loads
where run_id = (select run_id from quality.loads order by rowid desc limit 1)
order by rowid
