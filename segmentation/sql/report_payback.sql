-- grain: one row per basis and month of the programme
-- inputs: response.payback
select
    basis,
    strftime(month, '%Y-%m') as month,
    (cost_once + cost_running)::double as cost,
    campaigns,
    mailed,
    mailing_cost::double as mailing_cost,
    incremental_margin,
    incremental_margin_ci_low,
    incremental_margin_ci_high,
    saved_mailing_cost::double as saved_mailing_cost,
    earlier_margin,
    earlier_margin_ci_low,
    earlier_margin_ci_high,
    net,
    net_ci_low,
    net_ci_high,
    cumulative_net,
    cumulative_net_ci_low,
    cumulative_net_ci_high,
    payback_reached,
    note
from response.payback
order by basis desc, month
