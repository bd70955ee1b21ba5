-- grain: one row per pair of campaign_pairs
-- inputs: campaign_pairs (campaign_id, earlier_campaign_id), crm.contacts, crm.customers
-- Customers are numbered, and 60 of them are a bit each of one number: pairs are counted without a row per customer.
with blocks as (
    select
        contacts.campaign_id,
        customers.rowid // 60 as block,
        bit_or(1::bigint << (customers.rowid % 60)) as customers
    from crm.contacts
    join crm.customers using (customer_id)
    group by contacts.campaign_id, block
),
counted as (
    select
        now.campaign_id,
        earlier.campaign_id as earlier_campaign_id,
        sum(bit_count(now.customers & earlier.customers))::bigint as shared_customers
    from campaign_pairs
    join blocks as now on campaign_pairs.campaign_id = now.campaign_id
    join blocks as earlier
        on campaign_pairs.earlier_campaign_id = earlier.campaign_id
        and now.block = earlier.block
    group by now.campaign_id, earlier.campaign_id
)
select
    campaign_pairs.campaign_id,
    campaign_pairs.earlier_campaign_id,
    coalesce(counted.shared_customers, 0) as shared_customers
from campaign_pairs
left join counted using (campaign_id, earlier_campaign_id)
