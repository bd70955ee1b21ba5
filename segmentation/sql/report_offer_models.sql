-- grain: as targeting.offer_models
-- inputs: targeting.offer_models, targeting.offers
-- is_published: the task that targeting.offers is of.
select
    offer_models.*,
    offer_models.task = if(
        (select bool_and(days_bought = 0) from targeting.offers where rank = 1),
        'new',
        'any'
    ) as is_published
from targeting.offer_models
order by task, rowid
