"""Plan a mailing: from the warehouse into targeting.* and a list to mail."""

import logging
import os
from pathlib import Path

import polars as pl

from segmentation.allocation.clashes import refuse_unknown
from segmentation.allocation.plan import Allocation, allocate
from segmentation.contract.allocation import ALTERNATIVES, CONSTRAINTS, OFFERS, PROFIT_CURVE
from segmentation.contract.inputs import CAMPAIGNS
from segmentation.contract.targeting import EXCLUSIONS, PLANS, SELECTION, WATERFALL
from segmentation.run import Run
from segmentation.spreadsheets import guard_formulas
from segmentation.targeting.exclusions import apply_exclusions, build_waterfall, refuse_nobody
from segmentation.targeting.expectation import expected_response
from segmentation.targeting.plan import Mailing, add_profit, choose_mailing, summarise_plan
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
        PlanError: the campaign has started, nobody can be mailed, the budget does not pay for one piece, or limits
            clash.
    """
    settings, margin_rate = run.settings.plan, run.settings.campaigns.margin_rate
    mailing = choose_mailing(connection.sql(f"from {CAMPAIGNS.full_name}").pl(), run.as_of, settings)
    plan_id = f"{mailing.campaign_id}@{run.as_of}"
    candidates = apply_exclusions(_candidates(connection, run, mailing))
    uplift = _earlier_uplift(connection, mailing)
    refuse_nobody(candidates["reason"])
    refuse_unknown(settings.segments, fetch(connection, "plan_segments")["segment"].to_list())
    eligible = _with_expectations(candidates.filter(pl.col("reason").is_null()), uplift, mailing, margin_rate)
    ranked = rank_customers(eligible, TARGET_POLICIES[settings.policy])
    armed = _draw_arms(connection, ranked, mailing, salt=settings.salt)
    allocation = allocate(armed, uplift, mailing, settings, margin_rate)
    selection = _add_keycodes(allocation.selection, mailing)
    held_out = selection.filter(pl.col("arm") == "control").height
    waterfall = build_waterfall(
        candidates["reason"],
        beyond_budget=eligible.height - selection.height - (allocation.below_break_even or 0),
        held_out=held_out,
        below_break_even=allocation.below_break_even,
    )
    plan = _summarise(allocation, selection, uplift, mailing, margin_rate).with_columns(
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
    _write_allocation(connection, allocation, plan_id, run)
    log.info("plan %s: %s to mail, %s held out", plan_id, f"{selection.height - held_out:,}", f"{held_out:,}")
    return plan_id


def _summarise(
    allocation: Allocation,
    selection: pl.DataFrame,
    uplift: pl.DataFrame,
    mailing: Mailing,
    margin_rate: float | None,
) -> pl.DataFrame:
    """The figures of a plan; where offers compete, cost and profit are those of their pieces."""
    plan = summarise_plan(selection, uplift, mailing, margin_rate)
    if allocation.gap is None:
        return plan
    told = allocation.plan
    return plan.with_columns(
        cost=pl.lit(told.cost),
        expected_incremental_profit=pl.lit(told.profit, dtype=pl.Float64),
        expected_incremental_profit_ci_low=pl.lit(told.low, dtype=pl.Float64),
        expected_incremental_profit_ci_high=pl.lit(told.high, dtype=pl.Float64),
        optimality_gap=pl.lit(allocation.gap),
        note=pl.lit(
            "; ".join(f"{offer}: {basis}" for offer, basis in allocation.offers.select("offer", "basis").iter_rows())
        ),
    )


def _write_allocation(connection: Connection, allocation: Allocation, plan_id: str, run: Run) -> None:
    for table, rows in (
        (OFFERS, allocation.offers),
        (PROFIT_CURVE, allocation.curve),
        (ALTERNATIVES, allocation.alternatives),
        (CONSTRAINTS, allocation.constraints),
    ):
        dated = rows.with_columns(plan_id=pl.lit(plan_id), as_of_date=pl.lit(run.as_of))
        replace_rows(connection, table, dated, plan_id=plan_id)


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


def _draw_arms(connection: Connection, ranked: pl.DataFrame, mailing: Mailing, *, salt: str) -> pl.DataFrame:
    """Add `arm` to all who could be mailed; those held out who rank below the last of the others are left out."""
    with frames(connection, ranked_customers=ranked.select("customer_id", "rank")):
        arms = fetch(
            connection,
            "mailing_arms",
            salt=salt,
            campaign_id=mailing.campaign_id,
            control_share=mailing.control_share,
            pieces=ranked.height,
        )
    return arms.join(ranked.drop("rank"), on="customer_id", maintain_order="left")


def _add_keycodes(selection: pl.DataFrame, mailing: Mailing) -> pl.DataFrame:
    code = pl.concat_str(pl.lit(f"{mailing.campaign_id}-"), "cell")
    return selection.with_columns(pl.when(pl.col("arm") == "treatment").then(code).alias("keycode"))


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
