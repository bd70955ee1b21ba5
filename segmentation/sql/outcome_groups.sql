-- grain: one row per group of customers, of $groups, that somebody selected is in
-- inputs: campaign_outcomes
-- The group is a hash of the customer alone, so it is the same in every campaign, and has nothing to do with the hash
-- of the hold-out. Money is added up as decimals: in any order, to the same digit.
with grouped as (
    select
        ('0x' || left(md5('resample|' || customer_id), 15))::bigint % $groups as customer_group,
        arm = 'treatment' as is_mailed,
        responded::bigint as responded,
        converted::bigint as converted,
        revenue::decimal(28, 6) as revenue,
        margin::decimal(28, 6) as margin
    from campaign_outcomes
)
select
    customer_group,
    count(*) filter (where is_mailed) as mailed,
    count(*) filter (where not is_mailed) as held_out,
    coalesce(sum(responded) filter (where is_mailed), 0)::double as responded_mailed,
    coalesce(sum(responded) filter (where not is_mailed), 0)::double as responded_held_out,
    coalesce(sum(converted) filter (where is_mailed), 0)::double as converted_mailed,
    coalesce(sum(converted) filter (where not is_mailed), 0)::double as converted_held_out,
    coalesce(sum(revenue) filter (where is_mailed), 0)::double as revenue_mailed,
    coalesce(sum(revenue) filter (where not is_mailed), 0)::double as revenue_held_out,
    coalesce(sum(margin) filter (where is_mailed), 0)::double as margin_mailed,
    coalesce(sum(margin) filter (where not is_mailed), 0)::double as margin_held_out
from grouped
group by customer_group
order by customer_group
