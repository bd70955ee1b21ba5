-- grain: one row per group of customers with equal earlier scores (0: not scored yet), and value of $measure
-- inputs: scored_customers
-- Of more than $most different values in all groups, those next to each other are put together until about as many are
-- left, each with an equal share of its group's customers; the smallest stands for them.
with valued as (
    select
        nullif(recency_score, 0) as within_recency,
        nullif(frequency_score, 0) as within_frequency,
        case $measure
            when 'days_since_last_order' then days_since_last_order::double
            when 'order_count' then order_count::double
            when 'spend' then spend::double
        end as value
    from scored_customers
),
counted as (
    select within_recency, within_frequency, value, count(*) as customers
    from valued
    group by within_recency, within_frequency, value
),
placed as (
    select
        *,
        count(*) over () as different,
        sum(customers) over (partition by within_recency, within_frequency order by value) as customers_so_far,
        sum(customers) over () as all_customers
    from counted
)
select within_recency, within_frequency, min(value) as value, sum(customers)::bigint as customers
from placed
group by
    within_recency,
    within_frequency,
    case when different > $most then ((customers_so_far - 1) * $most // all_customers)::double else value end
order by within_recency, within_frequency, value
