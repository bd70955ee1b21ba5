-- grain: one row per attribute of which a value is known
-- inputs: attribute_values
select
    attribute,
    sum(customers)::bigint as known,
    count(distinct value) as values_found,
    coalesce(sum(customers) filter (number is not null), 0)::bigint as numbers,
    count(distinct number) as numbers_found,
    coalesce(bool_and(number = floor(number)), false) as is_whole,
    max(abs(number)) as largest
from attribute_values
group by attribute
order by attribute
