-- grain: one row per plan that waits for somebody: drafts that may be approved, newest first, then approved ones
-- inputs: targeting.plans, ops.runs
-- A draft may be approved until more than $nights_to_approve nights have run since it was made, before its in-home date,
-- and while no other plan of its campaign is approved or exported.
select plans.plan_id, plans.status, plans.starts_on, plans.mailed, plans.held_out, plans.cost::double as cost
from targeting.plans
where
    plans.status = 'approved'
    or (
        plans.status = 'draft'
        and (plans.starts_on is null or plans.starts_on > $today::date)
        and $nights_to_approve >= (
            select count(*)
            from ops.runs
            where runs.flow in ('night', 'replay-night') and runs.started_at > plans.created_at
        )
        and not exists (
            from targeting.plans as other
            where other.campaign_id = plans.campaign_id and other.status in ('approved', 'exported')
        )
    )
order by plans.status = 'approved', plans.created_at desc, plans.plan_id desc
