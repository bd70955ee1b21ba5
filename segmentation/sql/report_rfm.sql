-- grain: one row per recency score, frequency score and segment that has customers
-- inputs: segments.rfm
select
    recency_score,
    frequency_score,
    segment,
    count(*) as customers,
    sum(spend) as spend
from segments.rfm
group by recency_score, frequency_score, segment
order by recency_score, frequency_score, segment
