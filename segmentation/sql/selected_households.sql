-- grain: one row: how $campaign_id selected households
-- inputs: crm.contacts, crm.customers, history.customers
-- As known at the end of $as_of_date. held_out_with_mailed: held out customers who live with a mailed one. design_effect:
-- by how much more the share of an arm varies at most than that of customers drawn one by one.
with selected as (
    select arm, household_id
    from crm.contacts
    join (
        select customer_id, household_id
        from crm.customers
        where coalesce(known_from <= $as_of_date, true) and household_id is not null
        union all
        select customer_id, household_id
        from history.customers
        where
            coalesce(known_from <= $as_of_date, true)
            and known_until > $as_of_date
            and household_id is not null
    ) as members using (customer_id)
    where campaign_id = $campaign_id
),
households as (
    select
        household_id,
        count(*) filter (where arm = 'treatment') as mailed,
        count(*) filter (where arm = 'control') as held_out
    from selected
    group by household_id
    having count(*) > 1
)
select
    count(*) as of_several,
    count(*) filter (where mailed > 0 and held_out > 0) as in_both_arms,
    coalesce(sum(held_out) filter (where mailed > 0), 0)::bigint as held_out_with_mailed,
    1 + coalesce(sum((mailed + held_out) * (mailed + held_out - 1)), 0)::double
        / nullif((select count(*) from crm.contacts where campaign_id = $campaign_id), 0) as design_effect
from households
