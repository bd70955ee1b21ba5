-- grain: one row per segment of the customers selected by $plan_id
-- inputs: targeting.selection, segments.rfm
select
    coalesce(rfm.segment, 'never bought') as segment,
    count(*) filter (where selection.arm = 'treatment') as mailed,
    count(*) filter (where selection.arm = 'control') as held_out
from targeting.selection
left join segments.rfm using (customer_id)
where selection.plan_id = $plan_id
group by coalesce(rfm.segment, 'never bought')
order by segment
