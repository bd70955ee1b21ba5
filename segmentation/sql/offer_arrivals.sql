-- grain: one row per customer of offer_customers and item bought after $calibrated_to, by the end of $as_of_date
-- inputs: offer_customers, item_places, crm.orders, crm.order_lines
-- An item that may not be offered has no place.
select
    offer_customers.number,
    item_places.place,
    count(distinct orders.ordered_at::date) as days_bought
from crm.order_lines
join crm.orders using (order_id)
join offer_customers using (customer_id)
left join item_places on if($by_product, order_lines.product_id, order_lines.category) = item_places.item
where
    orders.amount >= 0
    and order_lines.amount >= 0
    and orders.ordered_at >= $calibrated_to::date + 1
    and orders.ordered_at < $as_of_date::date + 1
    and if($by_product, order_lines.product_id, order_lines.category) is not null
    and not list_contains($leave_out::varchar[], if($by_product, order_lines.product_id, order_lines.category))
group by offer_customers.number, item_places.place
order by number, place
