-- grain: one row per selected customer, hold-out included
-- inputs: ranked_customers (customer_id, rank, unit), mailing_cells (cell, lower)
-- Arm and cell are two hashes of salt, campaign and unit (the first 15 hexadecimal digits of the MD5, as a share of all),
-- so that they are the same on every run and engine and depend on nothing else, and not on each other. The unit is the
-- customer, or the household. The list ends with the last piece that $pieces allows. A hold-out that all cells share has no cell.
with drawn as (
    select
        customer_id,
        rank,
        ('0x' || left(md5($salt || '|' || $campaign_id || '|' || unit), 15))::bigint / pow(16, 15) as arm_draw,
        ('0x' || left(md5($salt || '|cell|' || $campaign_id || '|' || unit), 15))::bigint / pow(16, 15) as cell_draw
    from ranked_customers
),
armed as (
    select *, if(arm_draw < $control_share, 'control', 'treatment') as arm
    from drawn
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
select
    counted.customer_id,
    counted.rank,
    counted.arm,
    if(counted.arm = 'control' and $shares_hold_out, null, mailing_cells.cell) as cell
from counted
join last_piece on counted.rank <= last_piece.rank
asof join mailing_cells on counted.cell_draw >= mailing_cells.lower
order by counted.rank
