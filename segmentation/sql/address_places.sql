-- grain: one row per country and region as customers have them
-- inputs: addresses (country, region)
select distinct country, region
from addresses
order by country nulls first, region nulls first
