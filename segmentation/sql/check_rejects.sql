-- grain: one row per input table and kind of reason, with its first row as an example
-- inputs: quality.rejects
select
    table_name,
    count(*) as rows_rejected,
    min_by(reason, (source, row_number)) as first_reason,
    min_by(source, (source, row_number)) as first_source,
    min_by(row_number, (source, row_number)) as first_row,
    min_by(raw, (source, row_number)) as first_raw
from quality.rejects
group by table_name, split_part(reason, ': ', 1)
order by rows_rejected desc, table_name, first_reason
