-- grain: one row per customer of customer_rfm
-- inputs: scored_customers, rfm_cells
select
    scored_customers.customer_id,
    scored_customers.as_of_date,
    scored_customers.days_since_last_order,
    scored_customers.order_count,
    scored_customers.spend::decimal(18, 2) as spend,
    scored_customers.recency_score,
    scored_customers.frequency_score,
    scored_customers.monetary_score,
    rfm_cells.rfm_cell,
    rfm_cells.segment
from scored_customers
join rfm_cells using (recency_score, frequency_score, monetary_score)
order by scored_customers.customer_id
