-- grain: one row per telephone number as it is written
-- inputs: crm.customers
select distinct trim(phone) as written
from crm.customers
where regexp_matches(phone, '\d')
order by written
