-- grain: one row per pair of campaign_pairs
-- inputs: campaign_pairs (campaign_id, earlier_campaign_id), crm.contacts
with counted as (
    select now.campaign_id, earlier.campaign_id as earlier_campaign_id, count(*) as shared_customers
    from campaign_pairs
    join crm.contacts as now on campaign_pairs.campaign_id = now.campaign_id
    join crm.contacts as earlier
        on campaign_pairs.earlier_campaign_id = earlier.campaign_id
        and now.customer_id = earlier.customer_id
    group by now.campaign_id, earlier.campaign_id
)
select
    campaign_pairs.campaign_id,
    campaign_pairs.earlier_campaign_id,
    coalesce(counted.shared_customers, 0) as shared_customers
from campaign_pairs
left join counted using (campaign_id, earlier_campaign_id)
