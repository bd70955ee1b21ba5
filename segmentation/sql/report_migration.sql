-- grain: one row per segment on the date before $as_of_date and on $as_of_date, in the order of the rules
-- inputs: segments.migration, segments.rules
select migration.from_date, migration.from_segment, migration.to_segment, migration.customers
from segments.migration
left join segments.rules as earlier on earlier.segment = migration.from_segment
left join segments.rules as later on later.segment = migration.to_segment
where migration.to_date = $as_of_date
order by earlier.position nulls last, migration.from_segment, later.position nulls last, migration.to_segment
