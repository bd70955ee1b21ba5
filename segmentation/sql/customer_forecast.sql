-- grain: one row per customer with an order by the as-of date of customer_purchases
-- inputs: customer_purchases, group_forecasts
-- Orders and margin that the models expect in as many days as customer_purchases calls recent, NULL without a model.
-- $p, $q and $v are the Gamma-Gamma model: the mean of p (v + margin) / (p orders + q - 1) an order (Fader and Hardie,
-- 2013, equation 5); a margin that returns have brought below 0 counts as 0.
select
    customer_id,
    repeat_orders,
    forecast_bin,
    recent_orders,
    recent_margin,
    margin,
    probability_active,
    expected_orders,
    expected_orders * $p::double * ($v::double + greatest(margin, 0))
        / ($p::double * (repeat_orders + 1) + $q::double - 1) as expected_margin
from customer_purchases
left join group_forecasts using (repeat_orders, last_step, age_step)
