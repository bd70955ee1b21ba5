-- grain: one row per customer selected for $campaign_id; with $everybody also one per customer known by then
-- inputs: crm.customers, crm.contacts, crm.orders, crm.responses, segments.unscored
-- What each did from $starts_on to $ends_on, mailed or not; nothing done counts as zero. Money is added up as decimals:
-- in any order, to the same digit.
with orders as (
    select
        customer_id,
        bool_or(amount >= 0) as has_order,
        sum(amount)::double as revenue,
        sum(coalesce(margin::decimal(28, 6), (amount::double * $margin_rate)::decimal(28, 6)))::double as margin,
        bool_or(margin is null and $margin_rate is null) as has_unknown_margin
    from crm.orders
    where ordered_at >= $starts_on and ordered_at < $ends_on::date + 1
    group by customer_id
),
replies as (
    select distinct customer_id
    from crm.responses
    where campaign_id = $campaign_id and responded_at >= $starts_on and responded_at < $ends_on::date + 1
),
selected as (
    select customer_id, arm, cell
    from crm.contacts
    where campaign_id = $campaign_id
),
observed as (
    select customer_id, arm, cell
    from selected
    union all
    select customer_id, 'not mailed' as arm, null as cell
    from crm.customers
    anti join selected using (customer_id)
    where $everybody
)
select
    observed.customer_id,
    observed.arm,
    observed.cell,
    (replies.customer_id is not null)::double as responded,
    coalesce(orders.has_order, false)::double as converted,
    coalesce(orders.revenue, 0) as revenue,
    coalesce(orders.margin, 0) as margin,
    coalesce(orders.has_unknown_margin, false) as has_unknown_margin,
    unscored.customer_id is not null as is_unscored
from observed
left join orders using (customer_id)
left join replies using (customer_id)
left join segments.unscored using (customer_id)
