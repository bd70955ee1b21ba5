-- grain: one row per order credited to a campaign; an order is credited once
-- inputs: mailing_windows, quoted_codes, reached_customers, crm.orders, crm.contacts
-- The key code quoted comes first, then the customer's own mailing, the household's, and that of the same name and
-- address; within each the last mailing before the order. All only within the response window, and never to a campaign
-- that the customer was held out of. A code that several campaigns bear is that of one the customer was mailed by, if any.
with orders as (
    select order_id, customer_id, ordered_at, amount, keycode
    from crm.orders
    where amount >= 0 and ordered_at < $as_of_date::date + 1
),
open_days as (
    select
        campaign_id,
        place,
        unnest(generate_series(starts_on, least(ends_on, $as_of_date::date), interval 1 day))::date as day
    from mailing_windows
),
coded as (
    select orders.*, open_days.campaign_id, open_days.place, true as is_coded, coalesce(nearness, 0) as nearness
    from orders
    join quoted_codes using (keycode)
    join open_days on quoted_codes.campaign_id = open_days.campaign_id and ordered_at::date = day
    left join reached_customers as reached
        on open_days.campaign_id = reached.campaign_id and orders.customer_id = reached.customer_id
    anti join (from crm.contacts where arm = 'control') as held_out
        on open_days.campaign_id = held_out.campaign_id and orders.customer_id = held_out.customer_id
),
matched as (
    select orders.*, open_days.campaign_id, open_days.place, false as is_coded, nearness
    from orders
    join open_days on ordered_at::date = day
    join reached_customers as reached
        on open_days.campaign_id = reached.campaign_id and orders.customer_id = reached.customer_id
),
chosen as (
    select *
    from (from coded union all from matched)
    qualify row_number() over (partition by order_id order by is_coded desc, nearness desc, place desc) = 1
)
select
    campaign_id,
    customer_id,
    order_id,
    if(is_coded, 'keycode', 'matchback') as method,
    if(is_coded, null, ['address', 'household', 'customer'][nearness]) as matched_by,
    amount,
    ordered_at,
    case
        when is_coded and nearness < 3 then 'the key code is of a piece mailed to somebody else'
        when is_coded or keycode is null then null
        when known_code is not null
            then 'the key code quoted does not count: its window was not open, or the customer was held out'
        else 'the key code quoted is of no mailing that has started'
    end as note
from chosen
left join (select distinct keycode as known_code from quoted_codes) as known_codes on chosen.keycode = known_code
order by campaign_id, customer_id, ordered_at, order_id
