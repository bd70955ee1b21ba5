-- grain: one row per customer known on $as_of_date; none without $with_attributes
-- inputs: customers_at
-- The columns $names, each called after what it is, as an attribute may have the name of any other column.
select customer_id, columns($names) as 'attribute \0'
from customers_at
where $with_attributes
