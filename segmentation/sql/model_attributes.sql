-- grain: one row per attribute of which shares are told on $as_of_date
-- inputs: segments.attribute_profiles
select distinct attribute
from segments.attribute_profiles
where as_of_date = $as_of_date and kind = 'share'
order by attribute
