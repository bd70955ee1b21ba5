-- grain: one row per item that may be offered, the most customers first
-- inputs: bought_items
select item, count(*) as customers
from bought_items
group by item
order by customers desc, item
limit $most_items
