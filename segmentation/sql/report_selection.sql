-- grain: one row per segment of the customers selected by $plan_id, in the order of the rules
-- inputs: targeting.selection, segments.rfm, segments.rules
with selected as (
    select
        coalesce(rfm.segment, 'never bought') as segment,
        count(*) filter (where selection.arm = 'treatment') as mailed,
        count(*) filter (where selection.arm = 'control') as held_out
    from targeting.selection
    left join segments.rfm using (customer_id)
    where selection.plan_id = $plan_id
    group by coalesce(rfm.segment, 'never bought')
)
select selected.segment, selected.mailed, selected.held_out
from selected
left join segments.rules using (segment)
order by rules.position nulls last, selected.segment
