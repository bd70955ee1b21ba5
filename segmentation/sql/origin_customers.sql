-- grain: one row per segment at the origin, $weeks_ago weeks before the as-of date
-- inputs: weekly_sales, segment_at (at the origin)
select segment, count(*) as customers
from segment_at
group by segment
union all
select $left_out, count(distinct customer_id)
from weekly_sales
anti join segment_at using (customer_id)
where first_weeks_ago >= $weeks_ago::integer
order by all
