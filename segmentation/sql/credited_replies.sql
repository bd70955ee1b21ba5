-- grain: one row per recorded reply of a mailed customer to a campaign that has started by $as_of_date
-- inputs: crm.campaigns, crm.contacts, crm.responses
select responses.campaign_id, responses.customer_id, 'keycode' as method, value as amount, responded_at as ordered_at
from crm.responses
semi join (from crm.contacts where arm = 'treatment') as mailed
    on responses.campaign_id = mailed.campaign_id and responses.customer_id = mailed.customer_id
semi join (from crm.campaigns where starts_on <= $as_of_date) as started
    on responses.campaign_id = started.campaign_id
where responded_at < $as_of_date::date + 1
order by all
