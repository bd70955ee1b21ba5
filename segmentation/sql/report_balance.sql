-- grain: one row per campaign without hold-out and covariate that varies, the largest difference before weighting first
-- inputs: response.balance
select
    campaign_id,
    covariate,
    difference_before,
    difference_after
from response.balance
where difference_after is not null
order by campaign_id, abs(difference_before) desc, covariate
