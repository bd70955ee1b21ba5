-- grain: one row; how many customers of $plan_id seem to be the same person as another
-- inputs: targeting.duplicates, targeting.waterfall
select
    count(*) as customers,
    count(distinct group_number) as persons,
    coalesce((
        select sum(customers_removed)
        from targeting.waterfall
        where plan_id = $plan_id and reason = 'duplicate of another customer'
    ), 0)::bigint as left_out
from targeting.duplicates
where plan_id = $plan_id
