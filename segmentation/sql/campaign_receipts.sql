-- grain: one row per customer selected for $campaign_id who did not get what the arm says
-- inputs: crm.contacts, crm.orders, crm.responses
-- Held out, but mailed anyway: the contact has a day or a key code, or an order or a reply since $starts_on quotes a key
-- code of the mailed. What every contact of the hold-out has, all the same, tells nothing of who was mailed. To be mailed,
-- but not reached: the contact has no day, where other mailed customers have one.
with selected as (
    select
        customer_id,
        arm,
        contacted_on <= $as_of_date as is_dated,
        upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) as code
    from crm.contacts
    where campaign_id = $campaign_id
),
arms as (
    select
        arm,
        bool_or(is_dated) as some_dated,
        bool_and(coalesce(is_dated, false)) as all_dated,
        bool_and(code is not null) as all_coded
    from selected
    group by arm
),
quotes as (
    select customer_id, keycode
    from crm.orders
    where keycode is not null and ordered_at >= $starts_on and ordered_at < $as_of_date::date + 1
    union all
    select customer_id, keycode
    from crm.responses
    where keycode is not null and responded_at >= $starts_on and responded_at < $as_of_date::date + 1
),
quoted as (
    select distinct customer_id
    from quotes
    where
        upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g'))
        in (select code from selected where arm = 'treatment' and code <> '')
)
select
    selected.customer_id,
    arm = 'control' and coalesce(is_dated, false) and not all_dated as has_day,
    arm = 'control' and code is not null and not all_coded as has_code,
    arm = 'control' and quoted.customer_id is not null as has_quoted
from selected
join arms using (arm)
left join quoted using (customer_id)
where
    (arm = 'treatment' and some_dated and not coalesce(is_dated, false))
    or (
        arm = 'control'
        and (
            (coalesce(is_dated, false) and not all_dated)
            or (code is not null and not all_coded)
            or quoted.customer_id is not null
        )
    )
order by selected.customer_id
