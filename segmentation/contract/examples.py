"""An example query of every table, for docs/warehouse.md. A table without one has its first rows."""

EXAMPLES: dict[str, str] = {
    "crm.customers": "select city, count(*) as customers from crm.customers group by city order by customers desc",
    "crm.orders": "select date_trunc('month', ordered_at) as month, count(*) as orders, sum(amount) as revenue "
    "from crm.orders group by month order by month",
    "crm.order_lines": "select category, sum(amount) as revenue from crm.order_lines group by category "
    "order by revenue desc limit 10",
    "crm.campaigns": "select campaign_id, name, channel, starts_on, ends_on from crm.campaigns order by starts_on desc",
    "crm.contacts": "select campaign_id, arm, count(*) as customers from crm.contacts group by all order by all",
    "crm.responses": "select campaign_id, count(distinct customer_id) as customers from crm.responses group by all",
    "crm.suppressions": "select reason, count(*) as rules from crm.suppressions group by reason order by rules desc",
    "crm.service_contacts": "select reason, count(*) as requests, sum(cost) as cost from crm.service_contacts "
    "group by reason order by requests desc",
    "crm.costs": 'select kind, name, amount, "from", "to" from crm.costs order by kind, name',
    "history.customers": "select customer_id, city, known_from, known_until from history.customers "
    "order by known_until desc limit 20",
    "history.orders": "select order_id, amount, known_from, known_until from history.orders order by known_until desc",
    "quality.loads": "select table_name, rows_read, rows_loaded, rows_rejected, note from quality.loads "
    "where run_id = (select max_by(run_id, finished_at) from ops.runs where flow = 'night')",
    "quality.rejects": "select table_name, reason, count(*) from quality.rejects group by all order by all",
    "quality.both_arms": "from quality.both_arms order by as_of_date desc, customers desc",
    "segments.unscored": "select reason, count(*) as customers from segments.unscored group by reason",
    "segments.rfm": "select segment, count(*) as customers, sum(spend) as spend from segments.rfm "
    "group by segment order by spend desc",
    "segments.rfm_thresholds": "select measure, score, lower, upper, customers from segments.rfm_thresholds "
    "where as_of_date = (select max(as_of_date) from segments.rfm) order by measure, score",
    "segments.rules": "from segments.rules order by position",
    "segments.clusters": "select cluster_name, count(*) as customers from segments.clusters group by cluster_name",
    "segments.cluster_profiles": "from segments.cluster_profiles order by customers desc",
    "segments.cluster_model": "select cluster_name, feature, centre from segments.cluster_model "
    "where as_of_date = (select max(as_of_date) from segments.cluster_model) order by cluster_id, position",
    "segments.cluster_features": "select feature, description, used, note from segments.cluster_features "
    "where as_of_date = (select max(as_of_date) from segments.cluster_features)",
    "segments.cluster_selection": "select k, silhouette, stability, chosen, note from segments.cluster_selection "
    "where as_of_date = (select max(as_of_date) from segments.cluster_selection) order by k",
    "segments.cluster_fits": "select as_of_date, outcome, clusters, staying_share, note from segments.cluster_fits",
    "segments.history": "select as_of_date, segment, count(*) as customers from segments.history group by all "
    "order by all",
    "segments.migration": "select from_segment, to_segment, customers from segments.migration "
    "where to_date = (select max(to_date) from segments.migration) order by customers desc",
    "segments.distribution": "select measure, bin, starts_at, customers from segments.distribution "
    "where as_of_date = (select max(as_of_date) from segments.distribution) order by measure, bin",
    "segments.drift": "select as_of_date, measure, psi, warns from segments.drift order by as_of_date desc, psi desc",
    "segments.value": "select customer_id, expected_orders, expected_margin, portfolio from segments.value "
    "order by expected_margin desc nulls last limit 20",
    "segments.value_model": "select method, parameter, value, used, note from segments.value_model",
    "segments.value_check": "select bin, customers, expected, last_year, actual from segments.value_check "
    "where measure = 'orders' order by bin",
    "segments.portfolio": "select portfolio, customers, margin_to_date, expected_margin from segments.portfolio",
    "segments.service_reasons": "select reason, requests, cost, self_service from segments.service_reasons "
    "order by cost desc nulls last",
    "segments.service_by_segment": "select segment, customers, customers_asking, cost from segments.service_by_segment "
    "order by cost desc nulls last",
    "segments.attribute_profiles": "select group_name, attribute, value, in_group, in_all, index "
    "from segments.attribute_profiles where grouping = 'segment' and p_adjusted < 0.05",
    "targeting.plans": "select plan_id, status, mailed, held_out, cost, expected_incremental_profit, note "
    "from targeting.plans order by created_at desc",
    "targeting.selection": "select plan_id, cell, arm, count(*) as customers from targeting.selection group by all "
    "order by all",
    "targeting.exclusions": "select plan_id, reason, count(*) as customers from targeting.exclusions group by all",
    "targeting.waterfall": "select step, reason, customers_removed, customers_after from targeting.waterfall "
    "where plan_id = (select max_by(plan_id, created_at) from targeting.plans) order by step",
    "targeting.suppression_lists": "select list_file, rows_read, rows_not_usable, customers_matched "
    "from targeting.suppression_lists",
    "targeting.duplicates": "select group_number, customer_id, matched_by, score from targeting.duplicates",
    "targeting.global_control": "select since, until, count(*) as customers from targeting.global_control group by all",
    "targeting.address_checks": "select problem, count(*) as customers from targeting.address_checks group by problem",
    "targeting.models": "select channel, kind, candidate, gain, gain_ci_low, gain_ci_high, chosen, note "
    "from targeting.models where as_of_date = (select max(as_of_date) from targeting.models)",
    "targeting.model_curves": "select curve, share, value, ci_low, ci_high, at_random from targeting.model_curves "
    "where as_of_date = (select max(as_of_date) from targeting.model_curves) order by all",
    "targeting.calibration": "select tenth, customers, expected, observed from targeting.calibration "
    "where as_of_date = (select max(as_of_date) from targeting.calibration) order by tenth",
    "targeting.offers": "select plan_id, offer, pieces, cost, expected_profit from targeting.offers",
    "targeting.profit_curve": "select pieces, cost, expected_profit, is_plan from targeting.profit_curve "
    "where plan_id = (select max_by(plan_id, created_at) from targeting.plans) order by cost",
    "targeting.alternatives": "select rule, pieces, cost, expected_profit, note from targeting.alternatives "
    "where plan_id = (select max_by(plan_id, created_at) from targeting.plans) order by position",
    "targeting.constraints": 'select plan_id, "constraint", "limit", used, shadow_price, binding from '
    "targeting.constraints",
    "targeting.power": "select plan_id, cell, mailed, held_out, smallest_uplift, expected_uplift, note "
    "from targeting.power",
    "targeting.best_offers": "select customer_id, category, probability, basis from targeting.best_offers "
    "where rank = 1 order by probability desc limit 20",
    "targeting.offer_models": "select task, method, hit_rate_1, hit_rate_3, gain, chosen from targeting.offer_models",
    "targeting.call_list": "select agent, rank, customer_id, probability, reason from targeting.call_list "
    "where as_of_date = (select max(as_of_date) from targeting.call_list) order by agent, rank",
    "targeting.call_check": "select method, bin, customers, expected, ordered, chosen from targeting.call_check "
    "order by method, bin",
    "targeting.call_exclusions": "select step, reason, customers from targeting.call_exclusions order by step",
    "targeting.sales_forecast": "select week_starts_on, sum(revenue) as revenue, "
    "sum(revenue_with_mailing) as with_mailing from targeting.sales_forecast group by all order by all",
    "targeting.forecast_check": "select method, horizon, wape, mase, chosen from targeting.forecast_check "
    "where segment = 'all' order by horizon, wape",
    "targeting.forecast_backtest": "select week_starts_on, foreseen, came from targeting.forecast_backtest "
    "where segment = 'all' order by foreseen_on, week",
    "response.attribution": "select campaign_id, method, count(*) as orders, sum(amount) as amount "
    "from response.attribution group by all order by all",
    "response.credits": "select campaign_id, credited_orders, net_credited_amount, incremental_revenue "
    "from response.credits",
    "response.uplift": "select campaign_id, metric, method, uplift, ci_low, ci_high, note from response.uplift "
    "where dimension = 'all' order by all",
    "response.sample_ratio": "select campaign_id, treated, control, expected_share, verdict, note "
    "from response.sample_ratio where cell = 'all'",
    "response.overlap": "select campaign_id, verdict, note from response.overlap where propensity = 'all'",
    "response.balance": "select campaign_id, covariate, difference_before, difference_after from response.balance "
    "where verdict = 'fail'",
    "response.second_opinion": "select campaign_id, metric, estimate, ci_low, ci_high, agrees, placebo_verdict "
    "from response.second_opinion",
    "response.sensitivity": "select campaign_id, metric, robustness_value, benchmark, withstands "
    "from response.sensitivity",
    "response.contamination": "select campaign_id, contaminated, share, unreached_share, note "
    "from response.contamination where cell = 'all'",
    "response.concurrent": "select campaign_id, other_campaign_id, shared_days, verdict, note from response.concurrent",
    "response.campaigns": "select name, design, mailed, held_out, incremental_profit, incremental_profit_ci_low, "
    "incremental_profit_ci_high, pays, note from response.campaigns order by starts_on desc",
    "response.comparison": "select campaign_id, earlier_campaign_id, verdict, sentence from response.comparison "
    "where metric = 'revenue' order by all desc limit 20",
    "response.trend": "select campaign_id, uplift, pooled_uplift, slope_per_year, note from response.trend "
    "where metric = 'revenue' order by starts_on",
    "response.payback": "select month, cost_once + cost_running as cost, incremental_margin, cumulative_net, "
    "payback_reached from response.payback where basis = 'randomised' order by month",
    "response.programme": "select basis, cost, incremental_margin, net, net_present_value, pays, note "
    "from response.programme",
    "ops.format": "select * from ops.format",
    "ops.runs": "select run_id, flow, as_of_date, finished_at, status from ops.runs order by finished_at desc limit 10",
    "ops.erasures": "select erased_on, count(*) as identifiers from ops.erasures group by erased_on",
}


def example_of(table: str) -> str:
    """A query that reads a table, by its full name."""
    return EXAMPLES.get(table, f"from {table} limit 10")
