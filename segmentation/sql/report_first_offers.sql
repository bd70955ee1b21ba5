-- grain: one row per category that is some customer's first offer, the most frequent first
-- inputs: targeting.best_offers
select category, count(*) as customers, count(*)::double / sum(count(*)) over () as share
from targeting.best_offers
where rank = 1
group by category
order by customers desc, category
