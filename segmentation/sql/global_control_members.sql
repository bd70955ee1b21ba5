-- grain: one row per customer in the global control group; none if it has ended by $as_of_date
-- inputs: crm.customers
-- Drawn as the hold-out is (see mailing_arms.sql), but by another salt and for all campaigns alike: the first 15 hexadecimal digits
-- of the MD5 of salt and customer, or household, as a share of all.
select
    customer_id,
    $since::date as since,
    $until::date as until,
    $as_of_date::date as as_of_date
from crm.customers
where
    $until::date >= $as_of_date::date
    and (
        '0x' || left(
            md5($salt || '|' || if(
                $by = 'household' and nullif(trim(household_id), '') is not null, 'household ' || household_id, customer_id
            )),
            15
        )
    )::bigint / pow(16, 15) < $share
order by customer_id
