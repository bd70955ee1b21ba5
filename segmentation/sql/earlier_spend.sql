-- grain: one row per customer with an order in the $days days up to the end of $as_of_date
-- inputs: crm.orders
select customer_id, sum(amount)::double as earlier_spend
from crm.orders
where ordered_at < $as_of_date::date + 1 and ordered_at >= $as_of_date::date + 1 - $days::integer
group by customer_id
