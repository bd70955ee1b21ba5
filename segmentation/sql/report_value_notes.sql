-- grain: one row per reason that something is not known of customers, or known otherwise than by the models
-- inputs: segments.value
with notes as (
    select customer_id, unnest(string_split(note, '; ')) as note
    from segments.value
)
select note, count(*) as customers
from notes
group by note
order by customers desc, note
