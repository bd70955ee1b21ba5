-- grain: one row per segment that there is a rule for or a customer in
-- inputs: segments.rules, segments.rfm
select segment from segments.rules
union
select segment from segments.rfm
order by segment
