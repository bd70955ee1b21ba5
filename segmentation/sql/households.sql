-- grain: one row per customer who shares a household
-- inputs: crm.customers
-- A household is a household_id or, where there is none, a family name at an address and postal code. Households are
-- numbered.
with keyed as (
    select
        customer_id,
        coalesce(
            'id ' || household_id, 'at ' || plain(last_name) || ' ' || plain_postcode(postcode) || ' ' || plain(address_line)
        ) as household
    from crm.customers
),
shared as (
    select household, row_number() over (order by household) as number
    from keyed
    where household is not null
    group by household
    having count(*) > 1
)
select keyed.customer_id, shared.number as household
from keyed
join shared using (household)
order by keyed.customer_id
