-- grain: one row per segment and item, with the weight of its purchases
-- inputs: offer_customers, bought_items, item_places
select segment, place, sum(weight)::double as weight
from offer_customers
join bought_items using (customer_id)
join item_places using (item)
group by segment, place
order by segment, place
