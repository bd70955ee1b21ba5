-- grain: one row per reason of the contact-centre requests of the last year, the most frequent first
-- inputs: segments.service_reasons
-- Reasons beyond the twelfth, and those that fewer than five customers have given and may be what somebody wrote, are
-- told together. A sum with an unknown part is NULL.
with ranked as (
    select
        reason,
        customers >= 5 and row_number() over (order by requests desc, reason) <= 12 as is_named,
        requests,
        share,
        minutes,
        cost,
        self_service,
        note
    from segments.service_reasons
)
select
    if(is_named, reason, 'other reasons') as reason,
    sum(requests)::bigint as requests,
    sum(share::decimal(38, 9))::double as share,
    case when count(minutes) = count(*) then sum(minutes::decimal(38, 6)) end::double as minutes,
    case when count(cost) = count(*) then sum(cost) end::double as cost,
    self_service,
    min(note) as note
from ranked
group by is_named, if(is_named, reason, 'other reasons'), self_service
order by is_named desc, requests desc, reason, self_service
