-- grain: one row per return that takes credit back
-- inputs: crm.orders, and the credited orders in response.attribution
-- Orders do not say what a return is of, so it is taken to be of the customer's last credited order before it, if that is
-- no more than $return_days old, and takes back no more than is left of its credit; also when the window is over.
with returns as (
    select order_id, customer_id, ordered_at, -amount as returned
    from crm.orders
    where amount < 0 and ordered_at < $as_of_date::date + 1
),
credited as (
    select campaign_id, customer_id, order_id, method, matched_by, amount, ordered_at
    from response.attribution
    semi join returns using (customer_id)
    where order_id is not null
),
in_order as (
    select order_id, customer_id, ordered_at, returned, order_id as return_id, null as credited_id from returns
    union all
    select order_id, customer_id, ordered_at, null, null, order_id from credited
),
linked as (
    select
        return_id,
        customer_id,
        ordered_at,
        returned,
        last_value(credited_id ignore nulls) over (
            partition by customer_id
            order by ordered_at, return_id is not null, order_id
            rows between unbounded preceding and current row
        ) as original_order_id
    from in_order
    qualify return_id is not null
),
taken as (
    select
        credited.campaign_id,
        linked.customer_id,
        linked.return_id as order_id,
        credited.method,
        credited.matched_by,
        linked.returned,
        least(linked.returned, greatest(credited.amount - coalesce(sum(linked.returned) over earlier, 0), 0)) as amount,
        linked.ordered_at,
        linked.original_order_id
    from linked
    join credited on linked.original_order_id = credited.order_id
    where linked.ordered_at::date <= credited.ordered_at::date + $return_days::integer
    window earlier as (
        partition by linked.original_order_id
        order by linked.ordered_at, linked.return_id
        rows between unbounded preceding and 1 preceding
    )
)
select
    campaign_id,
    customer_id,
    order_id,
    method,
    matched_by,
    -amount as amount,
    ordered_at,
    original_order_id,
    case when amount < returned then 'the return is larger than what is left of the credit' end as note
from taken
where amount > 0
order by campaign_id, customer_id, ordered_at, order_id
