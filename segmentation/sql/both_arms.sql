-- grain: one row per campaign with customers in both arms now, or as last counted
-- inputs: staging.checked_contacts, quality.both_arms
with now as (
    select campaign_id, count(distinct customer_id) as customers
    from staging.checked_contacts
    where _reason = $disagreement
    group by campaign_id
),
before as (
    select campaign_id
    from quality.both_arms
    where as_of_date < $as_of
    group by campaign_id
    having max_by(customers, as_of_date) > 0
)
select
    coalesce(now.campaign_id, before.campaign_id) as campaign_id,
    $as_of::date as as_of_date,
    coalesce(now.customers, 0) as customers
from now
full join before using (campaign_id)
order by campaign_id
