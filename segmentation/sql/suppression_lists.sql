-- grain: one row per suppression list, that of the source first
-- inputs: lists_read (rows of the files), suppression_rules, suppressed_customers
with matched as (
    select list_number, count(distinct customer_id) as customers_matched
    from suppressed_customers
    group by list_number
),
lists as (
    from lists_read
    union all by name
    select 0 as list_number, count(*) as rows_read, 0 as rows_not_usable
    from suppression_rules
    where list_number = 0
)
select
    list_number::integer as list_number,
    list_file,
    list_reason,
    rows_read,
    rows_read - rows_not_usable as rows_used,
    rows_not_usable,
    coalesce(customers_matched, 0) as customers_matched,
    note
from lists
left join matched using (list_number)
order by list_number
