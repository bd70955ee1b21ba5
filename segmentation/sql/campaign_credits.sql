-- grain: one row per campaign measured
-- inputs: mailing_windows, quoted_codes, crm.orders, crm.contacts, crm.customers, response.attribution,
--     response.campaigns, response.uplift
-- What was credited, by each way, beside what the comparison with the unmailed says the mailing brought. A way that
-- nothing in the source could have led to is empty.
with credited as (
    select
        campaign_id,
        count(*) filter (where is_order and method = 'keycode') as coded_orders,
        coalesce(sum(amount) filter (where is_order and method = 'keycode'), 0) as coded_amount,
        count(*) filter (where is_order and matched_by = 'customer') as customer_orders,
        coalesce(sum(amount) filter (where is_order and matched_by = 'customer'), 0) as customer_amount,
        count(*) filter (where is_order and matched_by = 'household') as household_orders,
        coalesce(sum(amount) filter (where is_order and matched_by = 'household'), 0) as household_amount,
        count(*) filter (where is_order and matched_by = 'address') as address_orders,
        coalesce(sum(amount) filter (where is_order and matched_by = 'address'), 0) as address_amount,
        count(*) filter (where is_order) as orders,
        coalesce(sum(amount) filter (where is_order), 0) as amount,
        count(distinct customer_id) filter (where is_order) as customers,
        count(*) filter (where not is_order) as returns,
        coalesce(-sum(amount) filter (where not is_order), 0) as returned
    from (select *, original_order_id is null as is_order from response.attribution where order_id is not null)
    group by campaign_id
),
ways as (
    select
        contacts.campaign_id,
        bool_or(contacts.keycode is not null) as has_codes,
        bool_or(customers.household_id is not null) as has_households,
        bool_or((customers.postcode || customers.address_line || customers.last_name) is not null) as has_addresses
    from crm.contacts
    join crm.customers using (customer_id)
    where contacts.arm = 'treatment' and contacts.campaign_id in (select campaign_id from mailing_windows)
    group by contacts.campaign_id
),
not_credited as (
    select quoted_codes.campaign_id, count(*) as orders
    from crm.orders
    join quoted_codes using (keycode)
    anti join (from response.attribution where method = 'keycode') as by_code
        on orders.order_id = by_code.order_id and quoted_codes.campaign_id = by_code.campaign_id
    where amount >= 0 and ordered_at < $as_of_date::date + 1
    group by quoted_codes.campaign_id
),
buyers as (
    select
        campaign_id,
        method,
        uplift * treated as incremental,
        ci_low * treated as low,
        ci_high * treated as high,
        note
    from response.uplift
    where dimension = 'all' and metric = 'conversion'
),
revenue_notes as (
    select campaign_id, method, note from response.uplift where dimension = 'all' and metric = 'revenue'
)
select
    measured.campaign_id,
    if(has_codes, coalesce(coded_orders, 0), null) as coded_orders,
    if(has_codes, coalesce(coded_amount, 0), null) as coded_amount,
    if(has_codes, coalesce(not_credited.orders, 0), null) as codes_not_credited,
    coalesce(customer_orders, 0) as matched_by_customer_orders,
    coalesce(customer_amount, 0) as matched_by_customer_amount,
    if(has_households, coalesce(household_orders, 0), null) as matched_by_household_orders,
    if(has_households, coalesce(household_amount, 0), null) as matched_by_household_amount,
    if(has_addresses, coalesce(address_orders, 0), null) as matched_by_address_orders,
    if(has_addresses, coalesce(address_amount, 0), null) as matched_by_address_amount,
    coalesce(credited.orders, 0) as credited_orders,
    coalesce(credited.customers, 0) as credited_customers,
    coalesce(credited.amount, 0) as credited_amount,
    coalesce(credited.returns, 0) as returns,
    coalesce(credited.returned, 0) as returned_amount,
    coalesce(credited.amount - credited.returned, 0) as net_credited_amount,
    measured.design,
    buyers.incremental as incremental_customers,
    buyers.low as incremental_customers_ci_low,
    buyers.high as incremental_customers_ci_high,
    measured.incremental_revenue,
    measured.incremental_revenue_ci_low,
    measured.incremental_revenue_ci_high,
    measured.provisional,
    nullif(
        concat_ws(
            '; ',
            if(measured.mailed = 0, 'nobody was mailed', null),
            if(not has_codes, 'no piece has a key code', null),
            if(not has_households, 'no mailed customer has a household', null),
            if(not has_addresses, 'no mailed customer has a postal address with a family name', null),
            buyers.note,
            nullif(revenue_notes.note, coalesce(buyers.note, ''))
        ),
        ''
    ) as note
from response.campaigns as measured
left join credited using (campaign_id)
left join ways using (campaign_id)
left join not_credited using (campaign_id)
left join buyers on measured.campaign_id = buyers.campaign_id and measured.design = buyers.method
left join revenue_notes on measured.campaign_id = revenue_notes.campaign_id and measured.design = revenue_notes.method
order by measured.campaign_id
