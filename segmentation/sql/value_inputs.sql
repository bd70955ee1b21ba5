-- grain: one row: what there is to value customers by at the end of $as_of_date
-- inputs: crm.customers, crm.orders, crm.contacts, crm.campaigns, crm.service_contacts
select
    (select count(*) from crm.customers) as customers,
    (select min(ordered_at)::date from crm.orders where amount >= 0 and ordered_at < $as_of_date::date + 1)
        as first_order_on,
    exists(
        select 1
        from crm.contacts
        join crm.campaigns using (campaign_id)
        where coalesce(contacted_on, starts_on) <= $as_of_date
    ) as has_contacts,
    exists(select 1 from crm.service_contacts where "at" < $as_of_date::date + 1) as has_requests
