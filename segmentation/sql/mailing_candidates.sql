-- grain: one row per customer
-- inputs: crm.customers, suppressed_by, contact_pressure, channel_consent, usable_contacts, households,
--     duplicates, bad_addresses, segments.rfm, segments.unscored, targeting.global_control
-- What decides whether a customer may be contacted by $channel on the in-home date $starts_on, as known on the as-of
-- date. Of the data that the channel needs, those count that the source has for anybody ($has_...).
select
    customers.customer_id,
    coalesce(customers.deceased, false) as is_deceased,
    unscored.customer_id is not null or coalesce(suppressed_by.has_objected, false) as has_objected,
    not coalesce(channel_consent.has_consented, not $needs_consent) as lacks_consent,
    suppressed_by.suppressed_by is not null as is_suppressed,
    suppressed_by.suppressed_by,
    $channel = 'mail' and coalesce(customers.undeliverable, false) as is_undeliverable,
    case $channel
        when 'mail' then
            ($has_last_name and customers.last_name is null)
            or ($has_address_line and customers.address_line is null)
            or ($has_postcode and customers.postcode is null)
            or ($has_city and customers.city is null)
        when 'email' then
            $has_email
            and not coalesce(regexp_full_match(trim(customers.email), $plain_email), false)
            and usable_contacts.written is null
        when 'phone' then $has_phone and usable_contacts.written is null
        else false
    end as lacks_data,
    bad_addresses.customer_id is not null as has_bad_address,
    coalesce(contact_pressure.is_resting, false) as is_resting,
    coalesce(contact_pressure.is_at_cap, false) as is_at_cap,
    coalesce(contact_pressure.is_in_campaign, false) as is_in_campaign,
    rfm.customer_id is null as has_never_bought,
    len($only_segments::varchar[]) > 0
        and not coalesce(list_contains($only_segments::varchar[], rfm.segment), false) as is_not_chosen,
    if($mail_one, duplicates.group_number, null) as duplicate_group,
    if($one_per_household, households.household, null) as household,
    global_control.customer_id is not null as is_in_global_control,
    customers.household_id,
    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    rfm.spend::double as spend,
    rfm.segment
from crm.customers
left join suppressed_by using (customer_id)
left join segments.unscored using (customer_id)
left join contact_pressure using (customer_id)
left join channel_consent using (customer_id)
left join usable_contacts
    on usable_contacts.written = trim(case $channel when 'email' then customers.email else customers.phone end)
left join households using (customer_id)
left join duplicates using (customer_id)
left join bad_addresses using (customer_id)
left join segments.rfm using (customer_id)
left join targeting.global_control
    on customers.customer_id = global_control.customer_id
        and $starts_on between global_control.since and global_control.until
order by customers.customer_id
