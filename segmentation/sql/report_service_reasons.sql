-- grain: one row per reason of the contact-centre requests of the last year, the most frequent first
-- inputs: segments.service_reasons
select reason, requests, share, minutes, cost::double as cost, self_service, note
from segments.service_reasons
order by requests desc, reason
