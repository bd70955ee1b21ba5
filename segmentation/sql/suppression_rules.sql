-- grain: one row per suppression of the source that holds on $on_date, as it is compared
-- inputs: crm.suppressions
-- Reasons are free text; those of no known kind are told as other.
select
    0 as list_number,
    case
        when lower(trim(reason)) in ('objection', 'robinson', 'bounced', 'deceased', 'undeliverable', 'moved')
            then lower(trim(reason))
        else 'other'
    end as reason,
    customer_id,
    plain_email(email) as email,
    null::varchar as first_name,
    plain(last_name) as last_name,
    plain_postcode(postcode) as postcode,
    null::varchar as address_line,
    null::varchar as city
from crm.suppressions
where coalesce(since, $on_date) <= $on_date and coalesce(until, $on_date) >= $on_date
