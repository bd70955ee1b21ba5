-- grain: one row per segment on $from_date and segment on $to_date that customers went between
-- inputs: segments.history
with earlier as (
    select customer_id, segment
    from segments.history
    where as_of_date = $from_date
),
later as (
    select customer_id, segment
    from segments.history
    where as_of_date = $to_date
)
select
    $from_date::date as from_date,
    $to_date::date as to_date,
    coalesce(earlier.segment, 'not on file') as from_segment,
    coalesce(later.segment, 'not on file') as to_segment,
    count(*) as customers
from earlier
full join later using (customer_id)
group by earlier.segment, later.segment
order by from_segment, to_segment
