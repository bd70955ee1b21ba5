-- grain: one row per input table and reason of the last load, the most frequent first
-- inputs: quality.rejects, quality.loads
select
    table_name,
    reason,
    count(*) as rows_rejected,
    min_by(source, (row_number, source)) as source,
    min(row_number) as row_number,
    min_by(raw, (row_number, source)) as example
from quality.rejects
where run_id = (select run_id from quality.loads order by rowid desc limit 1)
group by table_name, reason
order by rows_rejected desc, table_name, reason
limit 30
