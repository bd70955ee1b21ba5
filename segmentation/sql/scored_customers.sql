-- grain: one row per customer of customer_rfm
-- inputs: customer_rfm, recency_steps, frequency_steps, monetary_steps
-- A customer has the score of the last step that starts at or below the value, of the steps for the earlier scores.
with recency as (
    select
        customer_rfm.*,
        scores[len(list_filter(starts, lambda start: start <= days_since_last_order))] as recency_score
    from customer_rfm
    cross join recency_steps
),
frequency as (
    select
        recency.*,
        scores[len(list_filter(starts, lambda start: start <= order_count))] as frequency_score
    from recency
    join frequency_steps on recency.recency_score = frequency_steps.within_recency
)
select
    frequency.*,
    scores[len(list_filter(starts, lambda start: start <= spend))] as monetary_score
from frequency
join monetary_steps
    on frequency.recency_score = monetary_steps.within_recency
    and frequency.frequency_score = monetary_steps.within_frequency
