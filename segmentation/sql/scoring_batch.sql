-- grain: one row per customer of the $number-th $size of customer_features
-- inputs: customer_features, customer_engagement, known_attributes
select
    customer_features.*,
    customer_engagement.* exclude (customer_id),
    known_attributes.* exclude (customer_id)
from customer_features
left join customer_engagement using (customer_id)
left join known_attributes using (customer_id)
where customer_features.rowid >= $number * $size and customer_features.rowid < ($number + 1) * $size
order by customer_features.customer_id
