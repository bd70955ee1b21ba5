-- grain: one row per customer of the $number-th $size of customer_features
-- inputs: customer_features
select *
from customer_features
where rowid >= $number * $size and rowid < ($number + 1) * $size
order by customer_id
