-- grain: one row per selected customer, hold-out included
-- inputs: ranked_customers (customer_id, rank)
-- The hold-out is a hash of salt, campaign and customer (the first 15 hexadecimal digits of the MD5, as a share of
-- all), so that it is the same on every run and engine and depends on nothing else about the customer. The list ends with the last piece that $pieces allows.
with armed as (
    select
        customer_id,
        rank,
        case
            when ('0x' || left(md5($salt || '|' || $campaign_id || '|' || customer_id), 15))::bigint / pow(16, 15)
                < $control_share then 'control'
            else 'treatment'
        end as arm
    from ranked_customers
),
counted as (
    select *, count(*) filter (where arm = 'treatment') over (order by rank) as pieces_so_far
    from armed
),
last_piece as (
    select max(rank) as rank
    from counted
    where arm = 'treatment' and pieces_so_far <= $pieces
)
select counted.customer_id, counted.rank, counted.arm
from counted
join last_piece on counted.rank <= last_piece.rank
order by counted.rank
