-- grain: one row per campaign that has started, the last first
-- inputs: response.campaigns
select campaign_id, name, starts_on
from response.campaigns
order by starts_on desc, campaign_id
