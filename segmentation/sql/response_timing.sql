-- grain: one row per day of the response window (0 is the in-home date) with credited money
-- inputs: response.attribution, crm.campaigns
-- Of mailings of $channel whose window had closed by $as_of_date.
select attribution.ordered_at::date - campaigns.starts_on as day, sum(attribution.amount)::double as amount
from response.attribution
join crm.campaigns using (campaign_id)
where
    attribution.amount > 0
    and attribution.order_id is not null
    and attribution.original_order_id is null
    and coalesce(campaigns.channel, 'mail') = $channel
    and coalesce(campaigns.ends_on, campaigns.starts_on + $response_window_days::integer - 1) <= $as_of_date
    and attribution.ordered_at::date >= campaigns.starts_on
group by day
order by day
