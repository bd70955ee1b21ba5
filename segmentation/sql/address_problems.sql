-- grain: one row per customer and problem of the address
-- inputs: addresses (customer_id, address_line, postcode, city, country, region), address_rules (one per country and
--     region)
-- Postcodes are compared once each, in capitals.
with postcodes as (
    select distinct country, region, upper(trim(postcode)) as postcode
    from addresses
    where trim(postcode) <> ''
),
judged as (
    select
        postcodes.country,
        postcodes.region,
        postcodes.postcode,
        coalesce(not regexp_matches(postcode, pattern), false) as is_foreign,
        coalesce(not regexp_matches(postcode, region_pattern), false) as is_elsewhere
    from postcodes
    join address_rules as rules
        on postcodes.country is not distinct from rules.country and postcodes.region is not distinct from rules.region
),
checked as (
    select
        customer_id,
        [
            case when code is null then 'country is not known' end,
            case when needs_address_line and coalesce(trim(address_line), '') = '' then 'address_line is missing' end,
            case when needs_city and coalesce(trim(city), '') = '' then 'city is missing' end,
            case when needs_postcode and coalesce(trim(addresses.postcode), '') = '' then 'postcode is missing' end,
            case when is_foreign then 'postcode is not one of ' || code end,
            case when is_elsewhere and not is_foreign then 'postcode is not one of its region' end
        ] as problems
    from addresses
    join address_rules as rules
        on addresses.country is not distinct from rules.country and addresses.region is not distinct from rules.region
    left join judged
        on addresses.country is not distinct from judged.country
        and addresses.region is not distinct from judged.region
        and upper(trim(addresses.postcode)) = judged.postcode
),
listed as (
    select customer_id, unnest(problems) as problem
    from checked
)
select customer_id, problem
from listed
where problem is not null
order by customer_id, problem
