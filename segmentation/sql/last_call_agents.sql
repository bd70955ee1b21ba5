-- grain: one row per customer of the last call list before $as_of_date
-- inputs: targeting.call_list
select customer_id, agent
from targeting.call_list
where as_of_date = (select max(as_of_date) from targeting.call_list where as_of_date < $as_of_date)
order by customer_id
