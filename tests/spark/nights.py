"""The same night on both engines, without Prefect."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segmentation.clusters.stage import cluster_customers
from segmentation.history.stage import keep_history
from segmentation.response.stage import credit_orders, measure_campaigns
from segmentation.run import Run
from segmentation.segments.stage import segment_customers
from segmentation.settings import Settings
from segmentation.sources.stage import extract_table, inspect_source, load_checked
from segmentation.targeting.stage import plan_mailing
from segmentation.warehouse.connection import Connection
from segmentation.warehouse.publishing import writing

STARTED = dt.datetime(2018, 1, 1, 2, 30)


def a_run(settings: Settings) -> Run:
    assert settings.night.as_of is not None
    return Run("night", "a night", settings, settings.night.as_of, STARTED, "test")


@contextmanager
def a_night(settings: Settings) -> Iterator[Connection]:
    """The parts of a night that Spark computes, in the order of the night; the warehouse they have made."""
    run = a_run(settings)
    with writing(settings.warehouse, run.lists, settings.reports.path):
        for table in inspect_source(run):
            extract_table(run, table)
            load_checked(run, table)
        with run.computing() as connection:
            segment_customers(connection, run.as_of, settings.rfm)
            cluster_customers(connection, run.as_of, settings.clusters)
        with run.building() as connection:
            keep_history(connection, run.as_of, drift_limit=settings.rfm.drift_limit)
        with run.computing() as connection:
            credit_orders(connection, run.as_of, settings.campaigns)
            measure_campaigns(connection, run.as_of, settings.campaigns, settings.rfm, seed=settings.clusters.seed)
            plan_mailing(connection, run)
        with run.building() as connection:
            yield connection


def settings_of(folder: Path, engine: str, **sections: dict[str, object]) -> Settings:
    """Settings of the sample in a folder of its own."""
    return Settings.model_validate(
        {
            "source": {"path": "data/sample"},
            "warehouse": {"path": folder / engine / "warehouse.duckdb"},
            "reports": {"path": folder / engine / "reports"},
            "night": {"as_of": "2017-12-31"},
            "campaigns": {"unit_cost": 0.55, "margin_rate": 0.25},
            "plan": {"budget": 400, "control_share": 0.2, "rest_days": 30},
            "spark": {"engine": engine},
        }
        | sections
    )
