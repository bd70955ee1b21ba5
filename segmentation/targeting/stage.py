"""Plan a mailing: from the warehouse into targeting.* and a list to mail."""

import datetime as dt
import logging
from collections.abc import Iterable, Mapping

import polars as pl

from segmentation.allocation.clashes import refuse_unknown
from segmentation.allocation.plan import allocate, describe_plan
from segmentation.contract.allocation import ALTERNATIVES, CONSTRAINTS, OFFERS, PROFIT_CURVE
from segmentation.contract.inputs import CAMPAIGNS
from segmentation.contract.targeting import (
    DUPLICATES,
    EXCLUSIONS,
    GLOBAL_CONTROL,
    PLANS,
    SELECTION,
    SUPPRESSION_LISTS,
    WATERFALL,
)
from segmentation.eligibility.checks import kind_of
from segmentation.eligibility.stage import Eligibility, assess_customers
from segmentation.errors import PlanError
from segmentation.prediction.foresight import refine
from segmentation.prediction.stage import foresee_customers
from segmentation.run import Run
from segmentation.settings import GlobalControlSettings, PlanSettings
from segmentation.targeting.arms import add_unit, name_plan, place_cells
from segmentation.targeting.exclusions import apply_exclusions, build_waterfall, split_excluded, tell_waterfall
from segmentation.targeting.expectation import expected_response, pool_uplift
from segmentation.targeting.keycodes import keycodes_of_cells
from segmentation.targeting.plan import NO_HOLD_OUT, Mailing, add_profit, choose_mailing, count_pieces
from segmentation.targeting.policies import TARGET_POLICIES, rank_customers
from segmentation.warehouse.connection import Connection, fetch, frames
from segmentation.warehouse.schema import append_relation, clear, replace_rows

log = logging.getLogger(__name__)


def plan_mailing(connection: Connection, run: Run) -> str:
    """Write the plan of the next mailing as a draft; a draft with the same parameters is replaced, no other plan is.

    Returns:
        plan_id.

    Raises:
        PlanError: the campaign has started or holds everybody out, nobody may be mailed, the budget does not pay for
            one piece, limits clash, or a key code is in use for another campaign.
        SourceError: a suppression list cannot be read, or has no column to find people by.
    """
    settings, margin_rate = run.settings.plan, run.settings.campaigns.margin_rate
    plans = connection.sql(f"from {PLANS.full_name}").pl()
    settled = plans.filter(pl.col("status").is_in(["approved", "exported"]))["campaign_id"].to_list()
    mailing = choose_mailing(connection.sql(f"from {CAMPAIGNS.full_name}").pl(), run.as_of, settings, settled)
    keycodes = keycodes_of_cells(mailing.campaign_id, settings.cell_names, settings.keycode_prefixes)
    refuse_clashes(connection, mailing.campaign_id, keycodes.values())
    segments = fetch(connection, "plan_segments")["segment"].to_list()
    refuse_unknown(settings.segments, segments, "plan.segments")
    refuse_unknown(settings.only_segments, segments, "plan.only_segments")
    if not settings.offers:
        count_pieces(mailing, settings.budget)  # refuses before the work
    plan_id = name_plan(mailing.campaign_id, run.as_of, settings.model_dump_json(), plans)
    hold_global_control(connection, run.as_of, settings.global_control)
    assessed = _assess(connection, run, mailing, mailing.channel)
    candidates = apply_exclusions(assessed.customers)
    uplift = _earlier_uplift(connection, mailing)
    ranked, excluded = _rank(connection, run, mailing, candidates, uplift)
    if ranked.is_empty():
        _tell_that_nobody_is_left(
            mailing, build_waterfall(excluded["reason"], beyond_budget=0, held_out=0, notes=assessed.notes), run
        )
    armed = _draw_arms(connection, ranked, mailing, settings)
    allocation = allocate(armed, uplift, mailing, settings, margin_rate, barred=_find_barred(connection, run, mailing))
    selection = _add_keycodes(allocation.selection, keycodes)
    plan = describe_plan(allocation, selection, uplift, mailing, margin_rate)
    written = {
        PLANS: _sign(plan, run, mailing),
        SELECTION: selection,
        EXCLUSIONS: excluded,
        WATERFALL: _count_steps(excluded, ranked.height, selection, allocation.below_break_even, assessed.notes),
        SUPPRESSION_LISTS: assessed.lists,
        DUPLICATES: assessed.duplicates,
        OFFERS: allocation.offers,
        PROFIT_CURVE: allocation.curve,
        ALTERNATIVES: allocation.alternatives,
        CONSTRAINTS: allocation.constraints,
    }
    for table, rows in written.items():
        named = rows.with_columns(plan_id=pl.lit(plan_id), as_of_date=pl.lit(run.as_of))
        replace_rows(connection, table, named, plan_id=plan_id)
    _log_plan(plan_id, selection, mailing)
    return plan_id


def _rank(
    connection: Connection, run: Run, mailing: Mailing, candidates: pl.DataFrame, uplift: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The eligible with what is expected of them, best first, and who is left out with the reason."""
    settings, margin_rate = run.settings.plan, run.settings.campaigns.margin_rate
    eligible = _with_expectations(candidates.filter(pl.col("reason").is_null()), uplift, mailing, margin_rate)
    eligible = _with_models(connection, run, mailing, eligible, uplift)
    return split_excluded(candidates, rank_customers(eligible, TARGET_POLICIES[settings.policy]))


def _count_steps(
    excluded: pl.DataFrame,
    eligible: int,
    selection: pl.DataFrame,
    below_break_even: int | None,
    notes: Mapping[str, str],
) -> pl.DataFrame:
    """Rows of targeting.waterfall."""
    return build_waterfall(
        pl.concat([excluded["reason"], pl.repeat(None, eligible, dtype=pl.String, eager=True)]),
        beyond_budget=eligible - selection.height - (below_break_even or 0),
        held_out=selection.filter(pl.col("arm") == "control").height,
        below_break_even=below_break_even,
        notes=notes,
    )


def _sign(plan: pl.DataFrame, run: Run, mailing: Mailing) -> pl.DataFrame:
    """A draft says of which campaign it is, who made it, when and with what settings."""
    return plan.with_columns(
        campaign_id=pl.lit(mailing.campaign_id),
        starts_on=pl.lit(mailing.starts_on),
        created_at=pl.lit(run.started_at),
        created_by=pl.lit(run.triggered_by),
        status=pl.lit("draft"),
        parameters=pl.lit(run.settings.plan.model_dump_json()),
    )


def _log_plan(plan_id: str, selection: pl.DataFrame, mailing: Mailing) -> None:
    held_out = selection.filter(pl.col("arm") == "control").height
    log.info("plan %s: %s to mail, %s held out", plan_id, f"{selection.height - held_out:,}", f"{held_out:,}")
    if mailing.control_share == 0:
        log.warning("plan %s: %s", plan_id, NO_HOLD_OUT)


def _assess(connection: Connection, run: Run, mailing: Mailing, channel: str) -> Eligibility:
    return assess_customers(
        connection,
        run.settings,
        as_of=run.as_of,
        campaign_id=mailing.campaign_id,
        channel=channel,
        starts_on=mailing.starts_on,
    )


def _find_barred(connection: Connection, run: Run, mailing: Mailing) -> dict[str, pl.Series]:
    """Who may not be contacted by the channels of offers that do not go out by that of the mailing."""
    others = {offer.channel for offer in run.settings.plan.offers} - {kind_of(mailing.channel)}
    assessed = {str(channel): _assess(connection, run, mailing, channel).customers for channel in sorted(others)}
    return {
        channel: apply_exclusions(customers).filter(pl.col("reason").is_not_null())["customer_id"]
        for channel, customers in assessed.items()
    }


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


def hold_global_control(connection: Connection, as_of: dt.date, settings: GlobalControlSettings) -> None:
    """Write targeting.global_control. A group that the settings have no more stays until its last day."""
    if settings.share:
        clear(connection, GLOBAL_CONTROL)
        drawn = settings.model_dump(include={"since", "until", "by", "salt", "share"})
        append_relation(connection, GLOBAL_CONTROL, "global_control_members", as_of_date=as_of, **drawn)
        return
    kept = connection.sql(f"from {GLOBAL_CONTROL.full_name}").pl().filter(pl.col("until") >= as_of)
    replace_rows(connection, GLOBAL_CONTROL, kept)


def refuse_clashes(connection: Connection, campaign_id: str, keycodes: Iterable[str]) -> None:
    """Refuse key codes that mean another campaign already.

    Raises:
        PlanError: a mailed contact or a plan that was approved has one of them.
    """
    used = fetch(connection, "keycode_clashes", campaign_id=campaign_id, keycodes=list(keycodes))
    for keycode, other in used.iter_rows():
        raise PlanError(
            f"key code {keycode} of campaign {campaign_id} is that of campaign {other} already; "
            f"set another prefix: plan.keycode_prefixes.{campaign_id}"
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


def _draw_arms(connection: Connection, ranked: pl.DataFrame, mailing: Mailing, settings: PlanSettings) -> pl.DataFrame:
    """Add `arm` and `cell` to all who could be mailed."""
    shares = settings.cell_shares
    units = add_unit(ranked, settings.hold_out_by).select("customer_id", "rank", "unit")
    with frames(connection, ranked_customers=units, mailing_cells=place_cells(shares)):
        arms = fetch(
            connection,
            "mailing_arms",
            salt=settings.salt,
            campaign_id=mailing.campaign_id,
            control_share=mailing.control_share,
            shares_hold_out=len(shares) > 1 and settings.cell_control == "shared",
        )
    return arms.join(ranked.drop("rank"), on="customer_id", maintain_order="left")


def _add_keycodes(selection: pl.DataFrame, keycodes: dict[str, str]) -> pl.DataFrame:
    code = pl.col("cell").replace_strict(keycodes, default=None, return_dtype=pl.String)
    return selection.with_columns(keycode=pl.when(pl.col("arm") == "treatment").then(code))
