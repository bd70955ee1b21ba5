-- grain: one row of segments.attribute_profiles at $as_of_date
-- inputs: segments.attribute_profiles, segments.rules, segments.cluster_profiles, segments.portfolio
-- Groups are in the order of their own sections; attributes that are left out come last.
with positions as (
    select 'segment' as grouping, segment as group_name, position from segments.rules
    union all
    select 'cluster', cluster_name, cluster_id from segments.cluster_profiles
    union all
    select 'portfolio', portfolio, rowid from segments.portfolio
)
select
    profiles.grouping,
    profiles.group_name,
    profiles.attribute,
    profiles.value,
    profiles.kind,
    profiles.customers,
    profiles.unknown,
    profiles.in_group,
    profiles.in_all,
    profiles.index,
    profiles.p_value,
    profiles.standing,
    profiles.note
from segments.attribute_profiles as profiles
left join positions using (grouping, group_name)
where profiles.as_of_date = $as_of_date
order by
    list_position(['segment', 'cluster', 'portfolio'], profiles.grouping) nulls last,
    positions.position nulls last,
    profiles.group_name,
    profiles.attribute,
    profiles.value
