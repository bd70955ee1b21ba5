-- grain: one row per group of customers selected for a campaign who are alike in all that is measured
-- inputs: campaign_customers
select * exclude (customer_id, "attribute household_id"), count(*) as customers
from campaign_customers
group by all
order by all
