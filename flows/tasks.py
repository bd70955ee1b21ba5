"""Thin tasks: each opens the version being built and calls one function of `segmentation`.

A task is given the run, never a frame: rows stay in DuckDB. Only what touches the outside is tried again.
"""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.tasks import exponential_backoff

from flows import artifacts
from segmentation.approval.life import Decision, Plan
from segmentation.approval.stage import (
    approve_plan,
    export_plan,
    note_power,
    refuse_weak_hold_out,
    reject_plan,
    settle_plan,
)
from segmentation.approval.stage import (
    look_at_plan as look,
)
from segmentation.attributes.stage import profile_attributes
from segmentation.calls.stage import list_calls
from segmentation.clusters.stage import cluster_customers
from segmentation.comparison.stage import compare_measured, foresee_plan
from segmentation.crediting.stage import credit_orders
from segmentation.errors import MailworthError
from segmentation.forecast.stage import forecast_sales
from segmentation.history.stage import keep_history
from segmentation.offers.stage import find_offers
from segmentation.payback.stage import weigh_programme
from segmentation.reporting.stage import write_report
from segmentation.rerun import published_before
from segmentation.response.stage import measure_campaigns
from segmentation.run import Published, Run, record_run
from segmentation.segments.stage import segment_customers
from segmentation.sources.age import check_age as refuse_old_source
from segmentation.sources.parts import SourceTable
from segmentation.sources.recall import recall
from segmentation.sources.source import fingerprint
from segmentation.sources.stage import extract_table, inspect_source, load_checked
from segmentation.targeting.stage import plan_mailing
from segmentation.value.stage import cost_service, value_customers
from segmentation.warehouse.connection import open_database
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.publishing import publish
from segmentation.warehouse.versions import keep_version


def _may_pass(task: Any, task_run: Any, state: Any) -> bool:
    """Whether another try may help: not where the user has to put something right."""
    return not isinstance(state.result(raise_on_failure=False), MailworthError)


def step(name: str, **options: Any) -> Callable[..., Any]:
    """A task that is called the same in every run; `{...}` in the name is filled from its arguments."""
    return task(name=name.split(" {")[0], task_run_name=name, cache_policy=NO_CACHE, **options)


outside = partial(
    step,
    retries=3,
    retry_delay_seconds=exponential_backoff(10),  # 10, 20 and 40 seconds, by up to half more or less
    retry_jitter_factor=0.5,
    retry_condition_fn=_may_pass,
)


@outside("look at the source")
def look_at_source(run: Run) -> tuple[SourceTable, ...]:
    return inspect_source(run)


@outside("extract {source.table.name}")
def extract(run: Run, source: SourceTable) -> int:
    return extract_table(run, source)


@step("check {source.table.name}")
def check(run: Run, source: SourceTable) -> None:
    load_checked(run, source)


@step("look at the age of orders")
def check_age(run: Run) -> None:
    refuse_old_source(run)


@step("look for news")
def unchanged(run: Run) -> Published | None:
    with run.building() as connection:
        return published_before(connection, run)


@step("recall what was known")
def recall_known(run: Run, warehouse: Path) -> None:
    with run.building() as connection:
        recall(connection, warehouse, run.run_id, run.as_of)


@step("segment customers")
def segment(run: Run) -> None:
    with run.computing() as connection:
        segment_customers(connection, run.as_of, run.settings.rfm)


@step("cluster customers")
def cluster(run: Run) -> None:
    with run.computing() as connection:
        cluster_customers(connection, run.as_of, run.settings.clusters)
        keep_history(connection, run.as_of, drift_limit=run.settings.rfm.drift_limit)


@step("value customers")
def value(run: Run) -> None:
    with run.building() as connection:
        value_customers(connection, run.as_of, run.settings.value, run.settings.campaigns)
        cost_service(connection, run.as_of, run.settings.value)


@step("find offers")
def offer(run: Run) -> None:
    with run.building() as connection:
        settings = run.settings
        find_offers(connection, run.as_of, settings.offers, settings.rfm, seed=settings.clusters.seed)


@step("list calls")
def call(run: Run) -> None:
    with run.building() as connection:
        list_calls(connection, run.settings, run.as_of)


@step("profile attributes")
def profile(run: Run) -> None:
    with run.building() as connection:
        profile_attributes(connection, run.as_of)


@step("credit orders to campaigns")
def credit(run: Run) -> None:
    with run.computing() as connection:
        credit_orders(connection, run.as_of, run.settings.campaigns)


@step("measure campaigns")
def measure(run: Run, campaign_id: str | None = None) -> None:
    with run.computing() as connection:
        settings = run.settings
        with artifacts.progress("measuring", "Campaigns measured") as progress:
            measure_campaigns(
                connection,
                run.as_of,
                settings.campaigns,
                settings.rfm,
                seed=settings.clusters.seed,
                only=campaign_id,
                progress=progress,
            )


@step("compare campaigns")
def compare(run: Run) -> None:
    with run.building() as connection:
        settings = run.settings
        compare_measured(connection, run.as_of, settings.campaigns, settings.comparison, seed=settings.clusters.seed)


@step("weigh the programme")
def weigh(run: Run) -> None:
    with run.building() as connection:
        weigh_programme(connection, run.as_of, run.settings.programme, run.settings.campaigns)


@step("plan the next mailing")
def plan(run: Run) -> str:
    with run.computing() as connection:
        plan_id = plan_mailing(connection, run)
        foresee_plan(connection, plan_id)
        note_power(connection, run, plan_id)
        return plan_id


@step("look at the power of {plan_id}")
def check_power(run: Run, plan_id: str) -> None:
    with run.building() as connection:
        refuse_weak_hold_out(connection, run, plan_id)


@step("look at {plan_id}")
def look_at_plan(run: Run, plan_id: str) -> Plan:
    with open_database(run.warehouse, run.settings.warehouse, read_only=True) as connection:
        return look(connection, run, plan_id)


@step("settle {plan_id}")
def settle(run: Run, plan_id: str, decision: Decision) -> tuple[Path, ...]:
    with run.building() as connection, writing_to(run.lists):
        return settle_plan(connection, run, plan_id, decision)


@step("approve {plan_id}")
def approve(run: Run, plan_id: str) -> None:
    with run.building() as connection:
        approve_plan(connection, run, plan_id)


@step("reject {plan_id}")
def reject(run: Run, plan_id: str, why: str) -> None:
    with run.building() as connection:
        reject_plan(connection, run, plan_id, why)


@step("export {plan_id}")
def export(run: Run, plan_id: str) -> tuple[Path, ...]:
    with run.building() as connection, writing_to(run.lists):
        return export_plan(connection, run, plan_id)


@step("forecast sales")
def forecast(run: Run) -> None:
    with run.building() as connection:
        forecast_sales(connection, run.as_of, run.settings.rfm, run.settings.campaigns)


@step("write the report")
def report(run: Run) -> Path:
    with run.building() as connection:
        return write_report(connection, run.as_of, run.settings.reports)


@step("publish the warehouse")
def publish_warehouse(run: Run, lists: Sequence[Path] = (), source: tuple[SourceTable, ...] = ()) -> None:
    with run.building() as connection:
        record_run(connection, run, input_fingerprint=fingerprint(source) if source else None)
    publish(run.settings.warehouse, *lists, *run.settings.reports.shown(run.as_of))


@step("keep the version")
def keep(run: Run) -> None:
    keep_version(run.settings.warehouse, run.run_id)
