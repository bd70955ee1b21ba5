"""Plan a mailing: from the warehouse into targeting.* and a list to mail."""

import logging
import os
from pathlib import Path

import polars as pl

from segmentation.contract.inputs import CAMPAIGNS
from segmentation.contract.targeting import DUPLICATES, EXCLUSIONS, PLANS, SELECTION, SUPPRESSION_LISTS, WATERFALL
from segmentation.eligibility.stage import assess_customers
from segmentation.errors import PlanError
from segmentation.run import Run
from segmentation.spreadsheets import guard_formulas
from segmentation.targeting.exclusions import apply_exclusions, apply_ranked_exclusions, build_waterfall, tell_waterfall
from segmentation.targeting.expectation import expected_response
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
        PlanError: the campaign has started, nobody may be mailed, or the budget does not pay for one piece.
        SourceError: a suppression list cannot be read, or has no column to find people by.
    """
    settings, margin_rate = run.settings.plan, run.settings.campaigns.margin_rate
    mailing = choose_mailing(connection.sql(f"from {CAMPAIGNS.full_name}").pl(), run.as_of, settings)
    plan_id = f"{mailing.campaign_id}@{run.as_of}"
    assessed = assess_customers(
        connection,
        run.settings,
        as_of=run.as_of,
        campaign_id=mailing.campaign_id,
        channel=mailing.channel,
        starts_on=mailing.starts_on,
    )
    candidates = apply_exclusions(assessed.customers)
    uplift = _earlier_uplift(connection, mailing)
    eligible = _with_expectations(candidates.filter(pl.col("reason").is_null()), uplift, mailing, margin_rate)
    judged = apply_ranked_exclusions(rank_customers(eligible, TARGET_POLICIES[settings.policy]))
    excluded = pl.concat([candidates.filter(pl.col("reason").is_not_null()), _left_out(judged, candidates)])
    ranked = _renumber(judged.filter(pl.col("reason").is_null()))
    reasons = pl.concat([excluded["reason"], ranked["reason"]])
    if ranked.is_empty():
        _tell_that_nobody_is_left(
            mailing, build_waterfall(reasons, beyond_budget=0, held_out=0, notes=assessed.notes), run
        )
    selection = _draw_arms(
        connection, ranked, mailing, pieces=count_pieces(mailing, settings.budget), salt=settings.salt
    )
    held_out = selection.filter(pl.col("arm") == "control").height
    waterfall = build_waterfall(
        reasons, beyond_budget=ranked.height - selection.height, held_out=held_out, notes=assessed.notes
    )
    plan = summarise_plan(selection, uplift, mailing, margin_rate).with_columns(
        campaign_id=pl.lit(mailing.campaign_id),
        as_of_date=pl.lit(run.as_of),
        created_at=pl.lit(run.started_at),
        created_by=pl.lit(run.triggered_by),
        status=pl.lit("draft"),
        parameters=pl.lit(settings.model_dump_json()),
    )
    for table, rows in (
        *((PLANS, plan), (SELECTION, selection), (EXCLUSIONS, excluded), (WATERFALL, waterfall)),
        *((SUPPRESSION_LISTS, assessed.lists), (DUPLICATES, assessed.duplicates)),
    ):
        replace_rows(connection, table, rows.with_columns(pl.lit(plan_id).alias("plan_id")), plan_id=plan_id)
    log.info("plan %s: %s to mail, %s held out", plan_id, f"{selection.height - held_out:,}", f"{held_out:,}")
    return plan_id


def _tell_that_nobody_is_left(mailing: Mailing, waterfall: pl.DataFrame, run: Run) -> None:
    """Who plans a mailing is refused; a night publishes what else it has, and an empty plan."""
    everybody = waterfall["customers_before"][0]
    told = (
        f"{mailing.campaign_id}: nobody of {everybody:,} customers may be contacted by {mailing.channel} on "
        f"{mailing.starts_on}: {tell_waterfall(waterfall)}"
    )
    if run.flow == "plan-mailing":
        raise PlanError(told)
    log.warning("%s", told)


def _left_out(judged: pl.DataFrame, candidates: pl.DataFrame) -> pl.DataFrame:
    return judged.filter(pl.col("reason").is_not_null()).select(candidates.columns)


def _renumber(ranked: pl.DataFrame) -> pl.DataFrame:
    return ranked.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("rank"))


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
