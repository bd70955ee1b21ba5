-- grain: one row per customer, list and reason for which a suppression names the customer
-- inputs: crm.customers, suppression_rules
-- A suppression names a customer by customer_id; by e-mail address; by family name and postal code, unless given names
-- are known and differ; or, without a postal code, by family name, address and town. plain() is in
-- warehouse/plain_text.py.
select rules.customer_id, rules.list_number, rules.reason
from suppression_rules as rules
semi join crm.customers using (customer_id)
union
select customers.customer_id, rules.list_number, rules.reason
from crm.customers
join suppression_rules as rules on plain_email(customers.email) = rules.email
union
select customers.customer_id, rules.list_number, rules.reason
from crm.customers
join suppression_rules as rules
    on plain(customers.last_name) = rules.last_name and plain_postcode(customers.postcode) = rules.postcode
where given_names_fit(plain(customers.first_name), rules.first_name)
union
select customers.customer_id, rules.list_number, rules.reason
from crm.customers
join suppression_rules as rules
    on
        plain(customers.last_name) = rules.last_name
        and plain(customers.address_line) = rules.address_line
        and plain(customers.city) = rules.city
where rules.postcode is null and given_names_fit(plain(customers.first_name), rules.first_name)
order by all
