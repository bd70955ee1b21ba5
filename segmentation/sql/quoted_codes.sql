-- grain: one row per key code as orders quote it and campaign whose mailed pieces bear it
-- inputs: mailing_windows, crm.orders, crm.contacts
-- Capitals, spaces and dashes make no difference.
with quoted as (
    select distinct keycode from crm.orders where keycode is not null
),
printed as (
    select distinct campaign_id, keycode
    from crm.contacts
    semi join mailing_windows using (campaign_id)
    where arm = 'treatment' and keycode is not null
),
quoted_plain as (
    select keycode, upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) as plain from quoted
),
printed_plain as (
    select distinct campaign_id, upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) as plain from printed
)
select quoted_plain.keycode, printed_plain.campaign_id
from quoted_plain
join printed_plain on quoted_plain.plain = printed_plain.plain and printed_plain.plain <> ''
order by quoted_plain.keycode, printed_plain.campaign_id
