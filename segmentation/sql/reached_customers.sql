-- grain: one row per campaign and customer who was mailed, or lives with somebody who was; never one held out of it
-- inputs: mailing_windows, crm.contacts, crm.customers
-- nearness: 3 mailed, 2 of the household of a mailed customer, 1 of the same family name at the same address. Capitals,
-- and what is neither letter nor digit, make no difference to names and addresses, spaces none to postal codes.
with people as (
    select
        customer_id,
        household_id,
        upper(regexp_replace(postcode, '[^\p{L}\p{N}]', '', 'g'))
        || '|' || nullif(trim(upper(regexp_replace(address_line, '[^\p{L}\p{N}]+', ' ', 'g'))), '')
        || '|' || nullif(trim(upper(regexp_replace(last_name, '[^\p{L}\p{N}]+', ' ', 'g'))), '') as address
    from crm.customers
),
mailed as (
    select campaign_id, contacts.customer_id, people.household_id, people.address
    from crm.contacts
    semi join mailing_windows using (campaign_id)
    join people using (customer_id)
    where arm = 'treatment'
),
mailed_households as (
    select distinct campaign_id, household_id from mailed where household_id is not null
),
mailed_addresses as (
    select distinct campaign_id, address from mailed where address is not null
),
near as (
    select campaign_id, customer_id, 3 as nearness
    from mailed
    union all
    select campaign_id, customer_id, 2
    from mailed_households
    join people using (household_id)
    union all
    select campaign_id, customer_id, 1
    from mailed_addresses
    join people using (address)
)
select campaign_id, customer_id, max(nearness) as nearness
from near
anti join (from crm.contacts where arm = 'control') as held_out
    on near.campaign_id = held_out.campaign_id and near.customer_id = held_out.customer_id
group by campaign_id, customer_id
