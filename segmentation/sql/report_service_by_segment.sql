-- grain: one row per segment with contact-centre requests in the last year, the most requests first
-- inputs: segments.service_by_segment
select segment, customers, customers_asking, requests, self_service_requests, minutes, cost::double as cost, note
from segments.service_by_segment
where requests > 0
order by requests desc, segment
