-- grain: one row per segment at the origin, $weeks_ago weeks before the as-of date, and week from it
-- inputs: weekly_sales, segment_at (at the origin)
-- Week 1 is the first after the origin, week 0 the last before it. Who has bought and has no segment is left out of
-- scoring.
select
    coalesce(
        segment_at.segment,
        if(weekly_sales.first_weeks_ago >= $weeks_ago::integer, $left_out, $never_bought)
    ) as segment,
    $weeks_ago::integer - weekly_sales.weeks_ago as week,
    sum(orders)::bigint as orders,
    sum(revenue)::double as revenue,
    case when count(margin) = count(*) then sum(margin) end::double as margin
from weekly_sales
left join segment_at using (customer_id)
where weekly_sales.weeks_ago >= $weeks_ago::integer - $after::integer
    and weekly_sales.weeks_ago < $weeks_ago::integer + $before::integer
group by all
order by all
