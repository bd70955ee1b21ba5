-- grain: one row per reason of the contact-centre requests of the last year
-- inputs: service_requests
-- A sum with an unknown part is NULL.
select
    reason,
    $as_of_date::date as as_of_date,
    count(*) as requests,
    count(*) / sum(count(*)) over () as share,
    count(distinct customer_id) as customers,
    case when count(minutes) = count(*) then sum(minutes) end::double as minutes,
    case when count(cost) = count(*) then sum(cost) end::decimal(18, 2) as cost,
    bool_or(is_self_service) as self_service,
    nullif(
        concat_ws(
            '; ',
            if(count(minutes) < count(*), 'a request has no minutes', null),
            if(count(cost) < count(*), $cost_note, null)
        ),
        ''
    ) as note
from service_requests
where is_recent
group by reason
order by requests desc, reason
