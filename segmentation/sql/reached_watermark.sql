-- grain: one row: the watermark of the last load of $table_name from $source, if there was one
-- inputs: quality.loads, ops.runs
select max_by(loads.watermark, runs.started_at) as watermark
from quality.loads as loads
join ops.runs as runs using (run_id)
where loads.table_name = $table_name and loads.source = $source and loads.watermark is not null
having count(*) > 0
