-- grain: as targeting.sales_forecast
-- inputs: targeting.sales_forecast
select
    segment, week, week_starts_on, customers, orders, revenue, revenue_ci_low, revenue_ci_high, margin,
    mailing_adds, mailing_adds_ci_low, mailing_adds_ci_high, revenue_with_mailing, revenue_with_mailing_ci_low, revenue_with_mailing_ci_high, method, note
from targeting.sales_forecast
order by segment, week
