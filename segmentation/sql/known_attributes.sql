-- grain: one row per customer known on $as_of_date, as known then
-- inputs: crm.customers, history.customers
-- Of attributes only the columns $names.
select columns(lambda name: name = 'customer_id' or list_contains($names, name))
from (
    select * exclude (known_from)
    from crm.customers
    where coalesce(known_from <= $as_of_date, true)
    union all by name
    select * exclude (known_from, known_until)
    from history.customers
    where coalesce(known_from <= $as_of_date, true) and known_until > $as_of_date
)
