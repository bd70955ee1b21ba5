-- grain: one row per cell of scores that has customers
-- inputs: segments.rfm
select
    recency_score,
    frequency_score,
    monetary_score,
    count(*) as customers,
    min(days_since_last_order)::double as lowest_recency,
    max(days_since_last_order)::double as highest_recency,
    min(order_count)::double as lowest_frequency,
    max(order_count)::double as highest_frequency,
    min(spend)::double as lowest_monetary,
    max(spend)::double as highest_monetary
from segments.rfm
group by recency_score, frequency_score, monetary_score
order by recency_score, frequency_score, monetary_score
