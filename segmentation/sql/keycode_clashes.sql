-- grain: one row per key code of $keycodes and campaign, other than $campaign_id, that has it already
-- inputs: crm.contacts, targeting.selection, targeting.plans
-- Capitals, spaces and dashes make no difference, as in quoted_codes.sql. Drafts take no code from others.
with used as (
    select distinct campaign_id, keycode
    from crm.contacts
    where keycode is not null
    union
    select distinct plans.campaign_id, selection.keycode
    from targeting.selection
    join targeting.plans using (plan_id)
    where selection.keycode is not null and plans.status in ('approved', 'exported')
)
select upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) as keycode, campaign_id
from used
where
    campaign_id <> $campaign_id
    and upper(regexp_replace(keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) in (select unnest($keycodes::varchar[]))
order by keycode, campaign_id
