-- grain: one row per segment with customers to be mailed in $plan_id
-- inputs: targeting.selection, segments.rfm
select coalesce(rfm.segment, $left_out) as segment, count(*) as mailed
from targeting.selection
left join segments.rfm using (customer_id)
where selection.plan_id = $plan_id and selection.arm = 'treatment'
group by all
order by all
