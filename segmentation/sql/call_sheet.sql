-- grain: one row per customer of the call list of the last night, by agent and rank; those of $agent where given
-- inputs: targeting.call_list, crm.customers, ops.runs
select
    call_list.agent,
    call_list.rank,
    call_list.customer_id,
    customers.title,
    customers.first_name,
    customers.last_name,
    customers.phone,
    round(call_list.probability, 3) as probability,
    round(call_list.expected_margin, 2) as expected_margin,
    call_list.category,
    call_list.reason,
    call_list.last_contact_on,
    call_list.last_contact,
    call_list.as_of_date
from targeting.call_list
join crm.customers using (customer_id)
where
    call_list.as_of_date = (
        select arg_max(as_of_date, finished_at)
        from ops.runs
        where flow in ('night', 'replay-night')
    )
    and coalesce(call_list.agent = $agent, true)
order by call_list.agent, call_list.rank
