-- grain: one row per segment, in the order of the rules
-- inputs: segments.rules
select position, segment, description, advice
from segments.rules
order by position
