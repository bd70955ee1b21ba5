-- grain: one row per customer of offer_customers and item bought that may be offered
-- inputs: offer_customers, bought_items, item_places
select offer_customers.number, item_places.place, days_bought, last_bought_on, weight::double as weight
from offer_customers
join bought_items using (customer_id)
join item_places using (item)
order by number, place
