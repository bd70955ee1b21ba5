-- grain: one row per customer of customer_purchases
-- inputs: customer_purchases, crm.contacts, crm.campaigns, service_requests
-- A piece costs contacts.unit_cost, else campaigns.unit_cost, else $unit_cost; the fixed cost of a campaign is no
-- customer's. A sum with an unknown part is NULL, and so is that of a table the source does not bring ($has_contacts,
-- $has_requests). Recent is the last year.
with pieces as (
    select
        contacts.customer_id,
        coalesce(contacted_on, starts_on) > $as_of_date::date - 365 as is_recent,
        try_cast(coalesce(contacts.unit_cost, campaigns.unit_cost, $unit_cost) as decimal(18, 6)) as cost
    from crm.contacts
    join crm.campaigns using (campaign_id)
    where arm = 'treatment' and coalesce(contacted_on, starts_on) <= $as_of_date
),
contact_costs as (
    select
        customer_id,
        case when bool_and(cost is not null) then sum(cost) end as cost,
        case when bool_and(cost is not null or not is_recent) then coalesce(sum(cost) filter (where is_recent), 0) end
            as recent_cost
    from pieces
    group by customer_id
),
service_costs as (
    select
        customer_id,
        case when bool_and(cost is not null) then sum(cost) end as cost,
        case when bool_and(cost is not null or not is_recent) then coalesce(sum(cost) filter (where is_recent), 0) end
            as recent_cost
    from service_requests
    group by customer_id
)
select
    customer_purchases.customer_id,
    case
        when $has_contacts then if(contact_costs.customer_id is null, 0, contact_costs.cost)
    end::decimal(18, 2) as contact_cost_to_date,
    case
        when $has_contacts then if(contact_costs.customer_id is null, 0, contact_costs.recent_cost)
    end::decimal(18, 2) as contact_cost_last_year,
    case
        when $has_requests then if(service_costs.customer_id is null, 0, service_costs.cost)
    end::decimal(18, 2) as service_cost_to_date,
    case
        when $has_requests then if(service_costs.customer_id is null, 0, service_costs.recent_cost)
    end::decimal(18, 2) as service_cost_last_year
from customer_purchases
left join contact_costs using (customer_id)
left join service_costs using (customer_id)
