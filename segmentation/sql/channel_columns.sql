-- grain: one row; which of the columns that a channel needs the source has at all
-- inputs: crm.customers
select
    count(last_name) > 0 as has_last_name,
    count(address_line) > 0 as has_address_line,
    count(postcode) > 0 as has_postcode,
    count(city) > 0 as has_city,
    count(email) > 0 as has_email,
    count(phone) > 0 as has_phone,
    count(household_id) > 0 as has_household_id
from crm.customers
