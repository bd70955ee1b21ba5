-- grain: one row per earlier date and week after it, of all segments together
-- inputs: targeting.forecast_backtest
select foreseen_on, week, week_starts_on, foreseen, came
from targeting.forecast_backtest
where segment = 'all'
order by foreseen_on, week
