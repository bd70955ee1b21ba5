-- grain: one row per attribute of which a value is known
-- inputs: customer_attributes
select
    attribute,
    count(*) as known,
    count(distinct value) as values_found,
    count(number) as numbers,
    count(distinct number) as numbers_found,
    coalesce(bool_and(number = floor(number)), false) as is_whole,
    max(abs(number)) as largest
from customer_attributes
group by attribute
order by attribute
