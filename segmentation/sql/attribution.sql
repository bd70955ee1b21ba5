-- grain: one row per credited order, and one per recorded reply of a mailed customer
-- inputs: crm.orders, crm.campaigns, crm.contacts, crm.responses
-- Key code first, then matchback; the last mailing before the order wins; an order is credited once, and a return
-- within the window takes credit back as an order of its own.
with windows as (
    select
        campaign_id,
        starts_on,
        coalesce(ends_on, starts_on + $response_window_days::integer - 1) as ends_on
    from crm.campaigns
    where starts_on <= $as_of_date
),
known_orders as (
    select order_id, customer_id, ordered_at, amount, keycode
    from crm.orders
    where ordered_at < $as_of_date::date + 1
),
mailed as (
    select contacts.campaign_id, contacts.customer_id, contacts.keycode, windows.starts_on, windows.ends_on
    from crm.contacts
    join windows using (campaign_id)
    where contacts.arm = 'treatment'
),
codes as (
    select distinct keycode, campaign_id, starts_on, ends_on
    from mailed
    where keycode is not null
),
coded as (
    select codes.campaign_id, known_orders.customer_id, order_id, amount, ordered_at
    from known_orders
    join codes
        on known_orders.keycode = codes.keycode
        and ordered_at >= codes.starts_on
        and ordered_at < codes.ends_on + 1
    qualify row_number() over (partition by order_id order by codes.starts_on desc, codes.campaign_id) = 1
),
matched as (
    select mailed.campaign_id, known_orders.customer_id, order_id, amount, ordered_at
    from known_orders
    join mailed
        on known_orders.customer_id = mailed.customer_id
        and ordered_at >= mailed.starts_on
        and ordered_at < mailed.ends_on + 1
    where order_id not in (select order_id from coded)
    qualify row_number() over (partition by order_id order by mailed.starts_on desc, mailed.campaign_id) = 1
),
replies as (
    select responses.campaign_id, responses.customer_id, responses.value as amount, responded_at as ordered_at
    from crm.responses
    semi join mailed
        on responses.campaign_id = mailed.campaign_id
        and responses.customer_id = mailed.customer_id
    where responded_at < $as_of_date::date + 1
)
select campaign_id, customer_id, order_id, 'keycode' as method, amount, ordered_at from coded
union all
select campaign_id, customer_id, order_id, 'matchback', amount, ordered_at from matched
union all
select campaign_id, customer_id, null, 'keycode', amount, ordered_at from replies
order by campaign_id, customer_id, ordered_at, order_id
