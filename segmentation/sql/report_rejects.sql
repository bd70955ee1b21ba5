-- grain: one row per input table and kind of reason of the last load, the most frequent first
-- inputs: quality.rejects, quality.loads
-- A reason may end in the value it is about; the page shows neither that nor the row, which may be personal.
with last_load as (
    select table_name, split_part(reason, ': ', 1) as reason, source, row_number
    from quality.rejects
    where run_id = (select run_id from quality.loads order by rowid desc limit 1)
)
select
    table_name,
    reason,
    count(*) as rows_rejected,
    min_by(source, (row_number, source)) as source,
    min(row_number) as row_number
from last_load
group by table_name, reason
order by rows_rejected desc, table_name, reason
limit 30
