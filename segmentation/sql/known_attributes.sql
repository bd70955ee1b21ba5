-- grain: one row per customer known on $as_of_date, as known then
-- inputs: customers_at
-- Of attributes only the columns $names.
select columns(lambda name: name = 'customer_id' or list_contains($names, name))
from customers_at
