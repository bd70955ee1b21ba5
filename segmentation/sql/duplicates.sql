-- grain: one row per customer who seems to be the same person as another
-- inputs: person_keys
-- Customers who share a key are a group, and so are those who share one with somebody in it. Each takes the least label
-- of its neighbours until none changes.
with recursive pairs as materialized (
    select distinct one.customer_id as one, other.customer_id as other
    from person_keys as one
    join person_keys as other using (key_number)
    where one.customer_id <> other.customer_id
),
labels(customer_id, label) using key (customer_id) as (
    select distinct customer_id, customer_id from person_keys
    union
    select pairs.other, min(labels.label)
    from labels
    join pairs on labels.customer_id = pairs.one
    join recurring.labels as known on pairs.other = known.customer_id
    where labels.label < known.label
    group by pairs.other
)
select
    dense_rank() over (order by labels.label) as group_number,
    labels.customer_id,
    string_agg(distinct person_keys.kind, ', ' order by person_keys.kind) as matched_by,
    max(person_keys.score) as score
from labels
join person_keys using (customer_id)
group by labels.customer_id, labels.label
order by labels.customer_id
