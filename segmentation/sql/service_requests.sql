-- grain: one row per contact-centre request by $as_of_date
-- inputs: crm.service_contacts
-- A request costs what the source says, else its minutes times $cost_per_minute, else it is not known. Recent is the
-- last year. Reasons that differ in case or blanks only are one; $self_service_reasons are in lower case.
with requests as (
    select
        customer_id,
        "at"::date > $as_of_date::date - 365 as is_recent,
        trim(reason) as reason,
        lower(trim(reason)) as reason_key,
        try_cast(minutes as decimal(18, 6)) as minutes,
        cost
    from crm.service_contacts
    where "at" < $as_of_date::date + 1
)
select
    customer_id,
    is_recent,
    coalesce(nullif(min(reason) over (partition by reason_key), ''), 'not given') as reason,
    coalesce(list_contains($self_service_reasons::varchar[], reason_key), false) as is_self_service,
    minutes,
    coalesce(cost, try_cast(minutes * $cost_per_minute::double as decimal(18, 2)))::decimal(18, 2) as cost
from requests
