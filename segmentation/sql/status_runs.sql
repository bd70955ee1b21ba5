-- grain: one row per finished run, newest first, ten at most
-- inputs: ops.runs
select run_id, flow, as_of_date, started_at, finished_at, status, triggered_by, code_version
from ops.runs
order by finished_at desc, run_id desc
limit 10
