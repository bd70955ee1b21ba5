-- grain: one row per customer with a name, as people are compared
-- inputs: crm.customers
select
    customer_id,
    plain(first_name) as first_name,
    plain(last_name) as last_name,
    plain_postcode(postcode) as postcode,
    plain(address_line) as address_line,
    plain_email(email) as email,
    nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '') as phone
from crm.customers
where last_name is not null
order by customer_id
