"""What the figures mean, from the table contract."""

from dataclasses import dataclass

from segmentation.contract.allocation import ALLOCATION_TABLES
from segmentation.contract.attributes import ATTRIBUTE_PROFILES
from segmentation.contract.calls import CALL_TABLES
from segmentation.contract.comparison import COMPARISON, PLAN_POWER, TREND
from segmentation.contract.credits import CREDITS
from segmentation.contract.forecast import FORECAST_CHECK, SALES_FORECAST
from segmentation.contract.model import Column, Table
from segmentation.contract.observational import OBSERVATIONAL_TABLES
from segmentation.contract.offers import OFFER_TABLES
from segmentation.contract.payback import PAYBACK_TABLES
from segmentation.contract.prediction import MODELS
from segmentation.contract.quality import LOADS, REJECTS
from segmentation.contract.response import CAMPAIGN_RESULTS, SAMPLE_RATIO, UPLIFT
from segmentation.contract.segments import CLUSTER_PROFILES, CLUSTER_SELECTION, DRIFT, RFM
from segmentation.contract.targeting import PLANS, SELECTION, SUPPRESSION_LISTS, WATERFALL
from segmentation.contract.validity import VALIDITY_TABLES
from segmentation.contract.value import VALUE_TABLES
from segmentation.reporting.words import Words

SHOWN_TABLES = (
    PLANS,
    CAMPAIGN_RESULTS,
    CREDITS,
    *PAYBACK_TABLES,
    UPLIFT,
    SAMPLE_RATIO,
    *VALIDITY_TABLES,
    *OBSERVATIONAL_TABLES,
    COMPARISON,
    TREND,
    *ALLOCATION_TABLES,
    PLAN_POWER,
    MODELS,
    RFM,
    ATTRIBUTE_PROFILES,
    DRIFT,
    CLUSTER_PROFILES,
    CLUSTER_SELECTION,
    *VALUE_TABLES,
    WATERFALL,
    SUPPRESSION_LISTS,
    SELECTION,
    *OFFER_TABLES,
    *CALL_TABLES,
    SALES_FORECAST,
    FORECAST_CHECK,
    LOADS,
    REJECTS,
)
UNEXPLAINED = ("_id", "ci_low", "ci_high")


@dataclass(frozen=True)
class Definition:
    """A figure: the anchor to link to, its name in words and what it means."""

    anchor: str
    name: str
    meaning: str


def define_figures(words: Words, tables: tuple[Table, ...] = SHOWN_TABLES) -> dict[str, list[Definition]]:
    """The definitions of every column but ids and ends of intervals, by `Table.full_name: one row per grain`."""
    return {
        _head(table, words): [
            Definition(f"{table.full_name}.{column.name}", words.name(column.name), words.stored(column.description))
            for column in list_explained(table)
        ]
        for table in tables
    }


def list_explained(table: Table) -> list[Column]:
    """The columns of a table but for ids and ends of intervals."""
    return [column for column in table.columns if not column.name.endswith(UNEXPLAINED)]


def _head(table: Table, words: Words) -> str:
    return words("%(table)s: one row per %(grain)s", table=table.full_name, grain=words.stored(table.grain))
