-- grain: one order or return
-- inputs: customers
-- parameters: $seed, $until
-- The orders of a customer lie evenly over her life; 4 % are returned in part or whole, days later.
with numbered as (
    select customer_id, created_on, _number, _life_days, _log_amount, unnest(range(_orders::bigint)) as turn from customers
),
ordered as (
    select customer_id, _number || '-' || turn as order_id,
        created_on::timestamp + to_seconds((86400 * _life_days * if(turn = 0, 0, uniform(_number, $seed, 20 + turn)))::bigint
            + (hash(_number, $seed, turn, 21) % 57600)::bigint + 25200) as ordered_at,
        greatest(1, exp(_log_amount + 0.8 * normal(_number * 4096 + turn, $seed, 22)))::decimal(18, 2) as amount,
        uniform(_number * 4096 + turn, $seed, 24) as fate, ['web', 'post', 'phone'][1 + (hash(_number, $seed, turn, 25) % 3)::int]
            as channel
    from numbered
)
select order_id, customer_id, ordered_at, amount, (0.3 * amount)::decimal(18, 2) as margin, channel
from ordered where ordered_at < $until::date + interval 1 day
union all by name
select order_id || '-R' as order_id, customer_id, ordered_at + to_days(5 + (1000 * fate)::int) as ordered_at,
    -(amount * if(fate < 0.02, 1, 0.5))::decimal(18, 2) as amount, -(0.3 * amount * if(fate < 0.02, 1, 0.5))::decimal(18, 2) as margin,
    channel
from ordered where fate < 0.04 and ordered_at + to_days(5 + (1000 * fate)::int) < $until::date + interval 1 day
union all by name
select 'M' || number || '-' || _number as order_id, customer_id,
    starts_on::timestamp + to_seconds((86400 * 40 * uniform(_number, $seed, 200 + number))::bigint) as ordered_at,
    greatest(1, exp(_log_amount + 0.3))::decimal(18, 2) as amount, greatest(0.3, 0.3 * exp(_log_amount + 0.3))::decimal(18, 2) as margin,
    'web' as channel
from selected
where not is_held_out and starts_on + 40 < $until::date and uniform(_number, $seed, 100 + number) < 0.02
