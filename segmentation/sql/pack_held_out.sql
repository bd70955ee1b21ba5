-- grain: one row per line of the pack whose customer is held out of $plan_id or of its campaign $campaign_id
-- inputs: pack_lines, targeting.selection, crm.contacts
with held_out as (
    select customer_id
    from targeting.selection
    where plan_id = $plan_id and arm is distinct from 'treatment'
    union
    select customer_id
    from crm.contacts
    where campaign_id = $campaign_id and arm = 'control'
)
select sort_id as customer_id
from pack_lines
where sort_id in (select customer_id from held_out)
order by customer_id
