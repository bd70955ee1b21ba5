-- grain: one row per customer who may be scored and item bought by the end of $as_of_date
-- inputs: crm.orders, crm.order_lines, segments.unscored
-- An item is a category, or a product where $by_product. Different days count, not lines; a day weighs half as much
-- every $half_life_days days. Weights are added up as decimals: in any order, to the same digit. Only one customer in
-- $one_in is looked at, chosen by a hash of the id.
with days as (
    select distinct
        orders.customer_id,
        orders.ordered_at::date as day,
        if($by_product, order_lines.product_id, order_lines.category) as item
    from crm.order_lines
    join crm.orders using (order_id)
    anti join segments.unscored using (customer_id)
    where
        orders.amount >= 0
        and order_lines.amount >= 0
        and orders.ordered_at < $as_of_date::date + 1
        and if($by_product, order_lines.product_id, order_lines.category) is not null
        and not list_contains($leave_out::varchar[], if($by_product, order_lines.product_id, order_lines.category))
        and ($one_in = 1 or ('0x' || left(md5(orders.customer_id), 12))::bigint % $one_in = 0)
)
select
    customer_id,
    item,
    count(*) as days_bought,
    max(day) as last_bought_on,
    sum(pow(0.5, ($as_of_date::date - day) / $half_life_days::double)::decimal(18, 12)) as weight
from days
group by customer_id, item
