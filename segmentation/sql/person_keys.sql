-- grain: one row per customer and key that other customers share
-- inputs: crm.customers
-- Keys of one person: name at an address; e-mail address and given name; telephone number (its last nine digits) and
-- given name. The given name keeps apart those of a family who share an e-mail address. A key of more than $most
-- customers is no person's, but a stand-in such as none@example.org.
with keys as (
    select customer_id, unnest([
        {
            'kind': 'name and address',
            'key': plain(last_name) || ' ' || plain(first_name) || ' ' || plain_postcode(postcode) || ' '
                || plain(address_line)
        },
        {'kind': 'email', 'key': plain_email(email) || ' ' || coalesce(plain(first_name), '')},
        {
            'kind': 'phone',
            'key': nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 9), '') || ' '
                || coalesce(plain(first_name), '')
        }
    ], recursive := true)
    from crm.customers
),
shared as (
    select kind, key, row_number() over (order by kind, key) as key_number
    from keys
    where key is not null
    group by kind, key
    having count(*) between 2 and $most::integer
)
select keys.customer_id, keys.kind, shared.key_number, 1.0::double as score
from keys
join shared using (kind, key)
