-- grain: one row per customer
-- inputs: crm.customers, suppressed_customers (on $starts_on), crm.contacts, crm.campaigns, segments.rfm,
--     segments.unscored, bad_addresses (customer_id)
-- What decides whether a customer may be mailed on $starts_on, as known on $as_of_date.
with rested as (
    select contacts.customer_id, max(coalesce(contacted_on, starts_on)) as last_contact_on
    from crm.contacts
    join crm.campaigns using (campaign_id)
    where
        arm = 'treatment'
        and coalesce(contacted_on, starts_on) <= $as_of_date
        and campaigns.campaign_id <> $campaign_id
    group by contacts.customer_id
)
select
    customers.customer_id,
    coalesce(customers.deceased, false) as is_deceased,
    unscored.customer_id is not null or coalesce(suppressed.has_objected, false) as has_objected,
    not coalesce(customers.mail_consent, true) as lacks_consent,
    suppressed.customer_id is not null as is_suppressed,
    coalesce(customers.undeliverable, false) as is_undeliverable,
    bad_addresses.customer_id is not null as has_bad_address,
    coalesce(last_contact_on > $starts_on::date - $rest_days::integer, false) as is_resting,
    rfm.customer_id is null as has_never_bought,
    rfm.recency_score,
    rfm.frequency_score,
    rfm.monetary_score,
    rfm.spend::double as spend,
    rfm.segment
from crm.customers
left join suppressed_customers as suppressed using (customer_id)
left join segments.unscored using (customer_id)
left join bad_addresses using (customer_id)
left join rested using (customer_id)
left join segments.rfm using (customer_id)
order by customers.customer_id
