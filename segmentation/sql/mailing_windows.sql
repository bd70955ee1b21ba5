-- grain: one row per campaign that has started by $as_of_date
-- inputs: crm.campaigns
-- A campaign without ends_on is given a window of $response_window_days. The last in-home date has the highest place; of
-- campaigns in home on one day, the first in the order of campaign_id.
select
    campaign_id,
    starts_on,
    coalesce(ends_on, starts_on + $response_window_days::integer - 1) as ends_on,
    row_number() over (order by starts_on, campaign_id desc) as place
from crm.campaigns
where starts_on <= $as_of_date
order by place
