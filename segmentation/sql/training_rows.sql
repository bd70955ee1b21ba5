-- grain: one row per customer of a sample of at most $most selected for $campaign_id, with a purchase before it
-- inputs: crm.contacts, crm.orders, crm.responses, customer_features, customer_engagement, known_attributes
-- The last three are as known on the eve of $starts_on; what each did from then to $ends_on is the outcome. The sample is
-- drawn by a hash of campaign and customer.
with selected as (
    select contacts.customer_id, contacts.arm
    from crm.contacts
    join customer_features using (customer_id)
    where campaign_id = $campaign_id
    order by md5($seed || '|' || $campaign_id || '|' || contacts.customer_id), contacts.customer_id
    limit $most
),
bought as (
    select
        customer_id,
        bool_or(amount >= 0) as has_order,
        sum(amount)::double as revenue
    from crm.orders
    where ordered_at >= $starts_on and ordered_at < $ends_on::date + 1
    group by customer_id
),
replied as (
    select distinct customer_id
    from crm.responses
    where campaign_id = $campaign_id and responded_at >= $starts_on and responded_at < $ends_on::date + 1
)
select
    $campaign_id as campaign_id,
    selected.arm = 'treatment' as treated,
    (replied.customer_id is not null)::double as responded,
    coalesce(bought.has_order, false)::double as converted,
    coalesce(bought.revenue, 0) as revenue,
    customer_features.*,
    customer_engagement.* exclude (customer_id),
    known_attributes.* exclude (customer_id)
from selected
join customer_features using (customer_id)
left join customer_engagement using (customer_id)
left join known_attributes using (customer_id)
left join bought using (customer_id)
left join replied using (customer_id)
order by selected.customer_id
