-- grain: as targeting.offer_models
-- inputs: targeting.offer_models
select *
from targeting.offer_models
order by task, rowid
