-- grain: one row per way and segment, 12 weeks ahead
-- inputs: targeting.forecast_check
select method, segment, origins, wape, mase, bias, chosen, note
from targeting.forecast_check
where horizon = '1-12'
order by rowid
