-- grain: one row per agent of the call list of $as_of_date
-- inputs: targeting.call_list
select
    agent,
    count(*) as customers,
    sum(probability::decimal(18, 12))::double as expected_buyers,
    case when count(expected_margin) = count(*) then sum(expected_margin::decimal(28, 8)) end::double as expected_margin,
    any_value(days) as days,
    min(note) as note
from targeting.call_list
where as_of_date = $as_of_date
group by agent
order by agent
