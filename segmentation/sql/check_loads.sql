-- grain: one row per input table
-- inputs: quality.loads
select
    table_name,
    source,
    rows_read,
    rows_loaded as rows_good,
    rows_unchanged as rows_repeated,
    rows_rejected,
    case when rows_rejected > $limit * rows_read then 'too many rejected: the night would stop' else note end as note
from quality.loads
order by table_name
