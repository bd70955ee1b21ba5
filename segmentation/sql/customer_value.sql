-- grain: one row per customer of customer_purchases
-- inputs: customer_forecast, customer_costs, portfolio_rules
-- Without a model the last year is expected to come again. The cost of a table that the source does not bring is left out of profits; a cost that cannot be told makes them
-- NULL. The first rule that fits gives the portfolio; an unknown measure fits no condition.
with profits as (
    select
        customer_id,
        coalesce(customer_forecast.expected_orders, recent_orders) as expected_orders,
        coalesce(customer_forecast.expected_margin, recent_margin) as expected_margin,
        probability_active,
        margin::decimal(18, 2) as margin_to_date,
        contact_cost_to_date,
        service_cost_to_date,
        margin_to_date - if($has_contacts, contact_cost_to_date, 0) - if($has_requests, service_cost_to_date, 0)
            as profit_to_date,
        contact_cost_last_year,
        service_cost_last_year,
        coalesce(customer_forecast.expected_margin, recent_margin)
            - if($has_contacts, contact_cost_last_year, 0)::double
            - if($has_requests, service_cost_last_year, 0)::double as expected_profit
    from customer_forecast
    join customer_costs using (customer_id)
),
mean as (
    select sum(expected_margin::decimal(38, 6))::double / count(expected_margin) as expected_margin
    from profits
),
rules as (
    select list(portfolio_rules order by rank) as rules
    from portfolio_rules
),
measured as (
    select
        profits.*,
        rules.rules,
        case when mean.expected_margin > 0 then profits.expected_margin / mean.expected_margin end as margin_in_means,
        case
            when service_cost_to_date = 0 then 0
            when margin_to_date > 0 then service_cost_to_date::double / margin_to_date::double
            when margin_to_date <= 0 and service_cost_to_date > 0 then 'infinity'::double
        end as service_share
    from profits
    cross join mean
    cross join rules
)
select
    customer_id,
    $as_of_date::date as as_of_date,
    expected_orders,
    expected_margin,
    probability_active,
    margin_to_date,
    contact_cost_to_date,
    service_cost_to_date,
    profit_to_date,
    contact_cost_last_year,
    service_cost_last_year,
    expected_profit,
    list_filter(
        rules,
        lambda rule:
            (rule.expected_margin_at_least is null or margin_in_means >= rule.expected_margin_at_least)
            and (rule.expected_margin_below is null or margin_in_means < rule.expected_margin_below)
            and (rule.expected_profit_at_least is null or expected_profit >= rule.expected_profit_at_least)
            and (rule.expected_profit_below is null or expected_profit < rule.expected_profit_below)
            and (rule.profit_to_date_at_least is null or profit_to_date >= rule.profit_to_date_at_least)
            and (rule.profit_to_date_below is null or profit_to_date < rule.profit_to_date_below)
            and (rule.service_share_at_least is null or service_share >= rule.service_share_at_least)
            and (rule.service_share_below is null or service_share < rule.service_share_below)
    )[1].name as portfolio,
    if(expected_margin is null, $orders_method, $method) as method,
    nullif(
        concat_ws(
            '; ',
            $orders_note,
            if(expected_margin is null, null, $margin_note),
            if(margin_to_date is null, $no_margin_note, null),
            if(contact_cost_to_date is null, $contact_note, null),
            if(service_cost_to_date is null, $service_note, null)
        ),
        ''
    ) as note
from measured
order by customer_id
