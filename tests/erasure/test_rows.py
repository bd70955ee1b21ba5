"""Every table of the contract is either looked through for the person, or tells of many."""

import pytest

from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.erasure.identifiers import Relation
from segmentation.erasure.rows import rows_of_the_person

TELL_OF_MANY = {
    *("crm.campaigns", "crm.costs", "history.campaigns", "quality.loads", "ops.runs"),
    *("ops.erasures", "ops.erasure_salt", "ops.format"),
    *("segments.rfm_thresholds", "segments.cluster_profiles", "segments.cluster_model"),
    *("segments.cluster_features", "segments.cluster_selection", "segments.cluster_fits"),
    *("segments.rules", "segments.migration", "segments.distribution", "segments.drift"),
    *("segments.value_model", "segments.value_check", "segments.portfolio", "segments.service_by_segment"),
    "segments.attribute_profiles",  # of five customers at least
    *("targeting.offer_models", "targeting.call_check"),
    *("targeting.sales_forecast", "targeting.forecast_check", "targeting.forecast_backtest"),
    *("targeting.offers", "targeting.profit_curve", "targeting.alternatives", "targeting.constraints"),
    *("targeting.suppression_lists", "targeting.power", "response.comparison", "response.trend"),
    *("targeting.models", "targeting.model_curves", "targeting.calibration"),
    *("targeting.plans", "response.uplift", "response.campaigns", "response.payback", "response.programme"),
    *("response.sample_ratio", "response.credits"),
    *("response.sample_ratio", "response.overlap", "response.balance"),
    *("response.second_opinion", "response.sensitivity"),
    *("response.contamination", "response.concurrent", "quality.both_arms"),
}


@pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.full_name)
def test_a_table_is_looked_through_or_tells_of_many(table: Table) -> None:
    relation = Relation(table.full_name, table.full_name, frozenset(table.column_names), ())
    is_looked_through = rows_of_the_person(relation, "c1", "x") is not None
    assert is_looked_through is (table.full_name not in TELL_OF_MANY), (
        "a table of persons needs a customer_id or order_id; of another, say here that it tells of many"
    )
