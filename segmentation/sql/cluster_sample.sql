-- grain: one row per customer of a sample of at most $most, drawn by a hash of the id and sorted by it
-- inputs: customer_features
select *
from customer_features
order by md5($seed || '|' || customer_id), customer_id
limit $most
