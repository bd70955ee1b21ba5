-- grain: one row per key code in use that is $keycode, or that one wrong character or two swapped ones lead to; per campaign
-- inputs: crm.contacts, targeting.selection, targeting.plans
-- Capitals, spaces and dashes make no difference, as in quoted_codes.sql. Rejected plans have printed nothing.
with used as (
    select distinct keycode, campaign_id, cell, 'mailed' as used
    from crm.contacts
    where keycode is not null and arm = 'treatment'
    union
    select distinct selection.keycode, plans.campaign_id, selection.cell, plans.status
    from targeting.selection
    join targeting.plans using (plan_id)
    where selection.keycode is not null and plans.status <> 'rejected'
),
asked as (
    select upper(regexp_replace($keycode, '[\s\p{Z}\p{Pd}]', '', 'g')) as plain
),
compared as (
    select
        used.*,
        damerau_levenshtein(upper(regexp_replace(used.keycode, '[\s\p{Z}\p{Pd}]', '', 'g')), asked.plain) as distance
    from used, asked
)
select keycode, if(distance = 0, 'this code', 'one slip away') as match, campaign_id, cell, string_agg(used, ', ' order by used) as used
from compared
where distance <= 1
group by keycode, distance, campaign_id, cell
order by distance, keycode, campaign_id, cell
limit 20
