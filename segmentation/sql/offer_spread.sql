-- grain: one row: sums over customers that tell how much their tastes differ
-- inputs: bought_items, item_places
-- Of each customer the weight of all purchases (n) and the sum of squared weights by item over it.
with customers as (
    select
        customer_id,
        sum(weight)::double as n,
        sum((weight::double * weight::double)::decimal(28, 10))::double as squares
    from bought_items
    join item_places using (item)
    group by customer_id
)
select
    count(*) as customers,
    coalesce(sum(n::decimal(28, 10)), 0)::double as n,
    coalesce(sum((n * n)::decimal(36, 8)), 0)::double as n_squared,
    coalesce(sum((squares / n)::decimal(28, 10)), 0)::double as squares_by_n
from customers
where n > 0
