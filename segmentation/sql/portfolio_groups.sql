-- grain: one row per portfolio of the rules, those without customers included
-- inputs: segments.value, portfolio_rules
-- A sum with an unknown part is NULL, and so is that of a table the source does not bring ($has_contacts,
-- $has_requests).
with groups as (
    select name as portfolio, min(rank) as rank
    from portfolio_rules
    group by name
),
totals as (
    select
        portfolio,
        rank,
        count(customer_id) as customers,
        case when bool_and(margin_to_date is not null or customer_id is null)
            then coalesce(sum(margin_to_date), 0) end as margin_to_date,
        case when $has_contacts and bool_and(contact_cost_to_date is not null or customer_id is null)
            then coalesce(sum(contact_cost_to_date), 0) end as contact_cost_to_date,
        case when $has_requests and bool_and(service_cost_to_date is not null or customer_id is null)
            then coalesce(sum(service_cost_to_date), 0) end as service_cost_to_date,
        case when bool_and(profit_to_date is not null or customer_id is null)
            then coalesce(sum(profit_to_date), 0) end as profit_to_date,
        case when $has_contacts and bool_and(contact_cost_last_year is not null or customer_id is null)
            then coalesce(sum(contact_cost_last_year), 0) end as contact_cost_last_year,
        case when $has_requests and bool_and(service_cost_last_year is not null or customer_id is null)
            then coalesce(sum(service_cost_last_year), 0) end as service_cost_last_year,
        case when bool_and(expected_margin is not null or customer_id is null)
            then coalesce(sum(expected_margin::decimal(38, 6)), 0) end::double as expected_margin
    from groups
    left join segments.value using (portfolio)
    group by portfolio, rank
)
select
    portfolio,
    $as_of_date::date as as_of_date,
    customers,
    customers / nullif(sum(customers) over (), 0) as share,
    margin_to_date::decimal(18, 2) as margin_to_date,
    contact_cost_to_date::decimal(18, 2) as contact_cost_to_date,
    service_cost_to_date::decimal(18, 2) as service_cost_to_date,
    profit_to_date::decimal(18, 2) as profit_to_date,
    expected_margin,
    contact_cost_last_year::decimal(18, 2) as contact_cost_last_year,
    service_cost_last_year::decimal(18, 2) as service_cost_last_year,
    nullif(
        concat_ws(
            '; ',
            if(margin_to_date is null, $no_margin_note, null),
            if(contact_cost_to_date is null, $contact_note, null),
            if(service_cost_to_date is null, $service_note, null)
        ),
        ''
    ) as note
from totals
order by rank
