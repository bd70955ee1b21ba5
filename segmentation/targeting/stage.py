"""Plan a mailing: from the warehouse into targeting.* and a list to mail."""

import logging
import os
from pathlib import Path

import polars as pl

from segmentation.contract.inputs import CAMPAIGNS
from segmentation.contract.targeting import EXCLUSIONS, PLANS, SELECTION, WATERFALL
from segmentation.prediction.foresight import refine
from segmentation.prediction.stage import foresee_customers
from segmentation.run import Run
from segmentation.spreadsheets import guard_formulas
from segmentation.targeting.exclusions import apply_exclusions, build_waterfall
from segmentation.targeting.expectation import expected_response, pool_uplift
from segmentation.targeting.plan import CELL, Mailing, add_profit, choose_mailing, count_pieces, summarise_plan
from segmentation.targeting.policies import TARGET_POLICIES, rank_customers
from segmentation.warehouse.connection import Connection, fetch, frames
from segmentation.warehouse.publishing import building_path
from segmentation.warehouse.schema import replace_rows

log = logging.getLogger(__name__)


def plan_mailing(connection: Connection, run: Run) -> str:
    """Write the plan of the next mailing as a draft; a plan of the same campaign and as-of date is replaced.

    Returns:
        plan_id.

    Raises:
        PlanError: the campaign has started, or the budget does not pay for one piece.
    """
    settings, margin_rate = run.settings.plan, run.settings.campaigns.margin_rate
    mailing = choose_mailing(connection.sql(f"from {CAMPAIGNS.full_name}").pl(), run.as_of, settings)
    plan_id = f"{mailing.campaign_id}@{run.as_of}"
    candidates = apply_exclusions(_candidates(connection, run, mailing))
    uplift = _earlier_uplift(connection, mailing)
    eligible = _with_expectations(candidates.filter(pl.col("reason").is_null()), uplift, mailing, margin_rate)
    eligible = _with_models(connection, run, mailing, eligible, uplift)
    ranked = rank_customers(eligible, TARGET_POLICIES[settings.policy])
    selection = _draw_arms(
        connection, ranked, mailing, pieces=count_pieces(mailing, settings.budget), salt=settings.salt
    )
    held_out = selection.filter(pl.col("arm") == "control").height
    waterfall = build_waterfall(
        candidates["reason"], beyond_budget=eligible.height - selection.height, held_out=held_out
    )
    plan = summarise_plan(selection, uplift, mailing, margin_rate).with_columns(
        campaign_id=pl.lit(mailing.campaign_id),
        as_of_date=pl.lit(run.as_of),
        created_at=pl.lit(run.started_at),
        created_by=pl.lit(run.triggered_by),
        status=pl.lit("draft"),
        parameters=pl.lit(settings.model_dump_json()),
    )
    excluded = candidates.filter(pl.col("reason").is_not_null())
    for table, rows in ((PLANS, plan), (SELECTION, selection), (EXCLUSIONS, excluded), (WATERFALL, waterfall)):
        replace_rows(connection, table, rows.with_columns(pl.lit(plan_id).alias("plan_id")), plan_id=plan_id)
    log.info("plan %s: %s to mail, %s held out", plan_id, f"{selection.height - held_out:,}", f"{held_out:,}")
    return plan_id


def _candidates(connection: Connection, run: Run, mailing: Mailing) -> pl.DataFrame:
    suppressed = fetch(connection, "suppressed_customers", on_date=mailing.starts_on)
    with frames(connection, suppressed_customers=suppressed):
        return fetch(
            connection,
            "mailing_candidates",
            as_of_date=run.as_of,
            starts_on=mailing.starts_on,
            campaign_id=mailing.campaign_id,
            rest_days=run.settings.plan.rest_days,
        )


def _earlier_uplift(connection: Connection, mailing: Mailing) -> pl.DataFrame:
    """Results of finished campaigns of the channel; all of them are known at the as-of date."""
    return fetch(connection, "channel_uplift", channel=mailing.channel)


def _with_expectations(
    eligible: pl.DataFrame, uplift: pl.DataFrame, mailing: Mailing, margin_rate: float | None
) -> pl.DataFrame:
    rates = expected_response(uplift)
    return add_profit(
        eligible.join(rates, on="segment", how="left", maintain_order="left"), uplift, mailing, margin_rate
    )


def _with_models(
    connection: Connection, run: Run, mailing: Mailing, eligible: pl.DataFrame, uplift: pl.DataFrame
) -> pl.DataFrame:
    """What models of earlier mailings expect of each customer, in the place of what is expected of the segment."""
    settings = run.settings
    foreseen = foresee_customers(
        connection,
        run.as_of,
        mailing.channel,
        settings.campaigns,
        unit_cost=mailing.unit_cost,
        seed=settings.clusters.seed,
    )
    by_segment = pool_uplift(uplift, metric="revenue", dimension="segment")
    return refine(
        eligible,
        foreseen,
        method=by_segment["method"][0] if by_segment.height else None,
        margin_rate=settings.campaigns.margin_rate,
        unit_cost=mailing.unit_cost,
    )


def _draw_arms(
    connection: Connection, ranked: pl.DataFrame, mailing: Mailing, *, pieces: int, salt: str
) -> pl.DataFrame:
    with frames(connection, ranked_customers=ranked.select("customer_id", "rank")):
        arms = fetch(
            connection,
            "mailing_arms",
            salt=salt,
            campaign_id=mailing.campaign_id,
            control_share=mailing.control_share,
            pieces=pieces,
        )
    keycode = pl.when(pl.col("arm") == "treatment").then(pl.lit(f"{mailing.campaign_id}-{CELL}"))
    return arms.join(ranked.drop("rank"), on="customer_id", maintain_order="left").with_columns(
        pl.lit(CELL).alias("cell"), keycode.alias("keycode")
    )


def _for_the_owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)


def export_list(connection: Connection, plan_id: str, file: Path) -> Path:
    """Write the customers to be mailed, best first, with name and address, as CSV; the hold-out is not on it.

    Only the owner may read the file, and no cell of it is a formula.

    Returns:
        `file`, which publishing will show.
    """
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    rows = guard_formulas(fetch(connection, "mailing_list", plan_id=plan_id))
    with open(building_path(file), "wb", opener=_for_the_owner_only) as target:
        rows.write_csv(target)
    log.info("mailing list: %s", file)
    return file
