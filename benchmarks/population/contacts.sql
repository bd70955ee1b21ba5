-- grain: one customer selected for a campaign
-- inputs: selected
select campaign_id, customer_id, if(is_held_out, 'control', 'treatment') as arm, if(is_held_out, null, cell) as cell,
    starts_on - 3 as contacted_on
from selected
