-- grain: one row per campaign of $channel whose window has closed by $as_of_date, the $most latest
-- inputs: crm.campaigns, crm.contacts, response.sample_ratio
-- Without those whose arms are known to be biased. A campaign without ends_on is given $response_window_days.
with closed as (
    select
        campaign_id,
        starts_on,
        coalesce(ends_on, starts_on + $response_window_days::integer - 1) as ends_on
    from crm.campaigns
    where coalesce(channel, 'mail') = $channel
),
arms as (
    select
        campaign_id,
        count(*) filter (where arm = 'treatment') as mailed,
        count(*) filter (where arm = 'control') as held_out
    from crm.contacts
    group by campaign_id
)
select closed.campaign_id, closed.starts_on, closed.ends_on, arms.mailed, arms.held_out
from closed
join arms using (campaign_id)
where
    closed.ends_on <= $as_of_date
    and arms.mailed > 0
    and closed.campaign_id not in (select campaign_id from response.sample_ratio where verdict = 'fail')
order by closed.starts_on desc, closed.campaign_id
limit $most
