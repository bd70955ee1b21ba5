-- grain: one row per segment, and one each for the requests of those who never bought and of those left out of scoring
-- inputs: service_requests, segments.rfm, segments.unscored
-- The contact-centre requests of the last year. A sum with an unknown part is NULL.
with asked as (
    select
        coalesce(segment, if(unscored.customer_id is null, 'never bought', 'left out of scoring')) as segment,
        count(*) as requests,
        count(*) filter (where is_self_service) as self_service_requests,
        count(distinct customer_id) as customers_asking,
        case when count(minutes) = count(*) then sum(minutes) end::double as minutes,
        case when count(cost) = count(*) then sum(cost) end::decimal(18, 2) as cost,
        nullif(
            concat_ws(
                '; ',
                if(count(minutes) < count(*), 'a request has no minutes', null),
                if(count(cost) < count(*), $cost_note, null)
            ),
            ''
        ) as note
    from service_requests
    left join segments.rfm using (customer_id)
    left join segments.unscored using (customer_id)
    where is_recent
    group by all
),
sizes as (
    select segment, count(*) as customers
    from segments.rfm
    group by segment
)
select
    segment,
    $as_of_date::date as as_of_date,
    coalesce(customers, customers_asking) as customers,
    coalesce(customers_asking, 0) as customers_asking,
    coalesce(requests, 0) as requests,
    coalesce(self_service_requests, 0) as self_service_requests,
    if(requests is null, 0, minutes) as minutes,
    if(requests is null, 0, cost) as cost,
    note
from sizes
full join asked using (segment)
order by requests desc, segment
