-- grain: one row if $run_id has loaded nothing that the night before it did not publish; else none
-- inputs: ops.runs, quality.loads, quality.rejects
-- The last run was a night of the same date, settings and version, and the rejected rows are the same.
with last_run as (
    select run_id, flow, as_of_date, parameters, code_version
    from ops.runs
    order by finished_at desc, run_id desc
    limit 1
),
rejects as (
    select run_id, table_name, source, row_number, reason, raw
    from quality.rejects
    where run_id = $run_id or run_id = (select run_id from last_run)
),
differing as (
    select table_name, source, row_number, reason, raw
    from rejects
    group by all
    having count(*) filter (where run_id = $run_id) <> count(*) filter (where run_id <> $run_id)
)
select run_id
from last_run
where
    flow = 'night'
    and as_of_date = $as_of_date
    and parameters = $parameters
    and code_version = $code_version
    and not exists (select * from quality.loads where run_id = $run_id and rows_loaded > 0)
    and not exists (select * from differing)
