-- grain: one row per portfolio, in the order of the rules
-- inputs: segments.portfolio
select
    portfolio,
    customers,
    share,
    margin_to_date::double as margin_to_date,
    contact_cost_to_date::double as contact_cost_to_date,
    service_cost_to_date::double as service_cost_to_date,
    profit_to_date::double as profit_to_date,
    expected_margin,
    contact_cost_last_year::double as contact_cost_last_year,
    service_cost_last_year::double as service_cost_last_year,
    note
from segments.portfolio
order by rowid
