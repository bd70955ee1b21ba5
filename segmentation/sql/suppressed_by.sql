-- grain: one row per customer whom a suppression names that matters to $channel
-- inputs: suppressed_customers
-- An e-mail that bounced says nothing of letters, and a wrong postal address nothing of e-mails and calls.
select
    customer_id,
    bool_or(reason = 'objection') as has_objected,
    min(reason) filter (where reason <> 'objection') as suppressed_by
from suppressed_customers
where
    case reason
        when 'bounced' then $channel = 'email'
        when 'undeliverable' then $channel = 'mail'
        when 'moved' then $channel = 'mail'
        else true
    end
group by customer_id
order by customer_id
