-- grain: one customer selected for a campaign
-- inputs: customers, campaigns
-- parameters: $seed, $selected_share
-- A tenth is held out; the mailed are in two cells.
select campaigns.campaign_id, campaigns._number as number, campaigns.starts_on, customers.customer_id, customers._number,
    customers._log_amount, hash(customers._number, $seed, campaigns._number, 50) % 10 = 0 as is_held_out,
    if(hash(customers._number, $seed, campaigns._number, 51) % 2 = 0, 'red', 'blue') as cell
from campaigns join customers on customers.created_on < campaigns.starts_on
    and uniform(customers._number, $seed, 300 + campaigns._number) < $selected_share
