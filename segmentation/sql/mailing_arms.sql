-- grain: one row per customer who could be mailed
-- inputs: ranked_customers (customer_id, rank, unit), mailing_cells (cell, lower)
-- Arm and cell are two hashes of salt, campaign and unit (the first 15 hexadecimal digits of the MD5, as a share of all),
-- so that they are the same on every run and engine and depend on nothing else, and not on each other. The unit is the
-- customer, or the household. A hold-out that all cells share has no cell.
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
)
select
    armed.customer_id,
    armed.rank,
    armed.arm,
    if(armed.arm = 'control' and $shares_hold_out, null, mailing_cells.cell) as cell
from armed
asof join mailing_cells on armed.cell_draw >= mailing_cells.lower
order by armed.rank
