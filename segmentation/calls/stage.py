"""List whom sales should call: into targeting.call_list and targeting.call_check, and out as CSV."""

import datetime as dt
import logging
import os
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.calls.check import ALL, judge_chances
from segmentation.calls.dealing import deal_calls
from segmentation.calls.timing import BG_NBD, RHYTHM, SAME, chance_by_model, chance_by_rhythm, learn_rhythm
from segmentation.calls.words import explain_calls
from segmentation.contract.calls import CALL_CHECK, CALL_EXCLUSIONS, CALL_LIST
from segmentation.contract.segments import UNSCORED
from segmentation.contract.value import VALUE_MODEL
from segmentation.eligibility.stage import Eligibility, assess_customers
from segmentation.errors import CallError
from segmentation.settings import Settings
from segmentation.spreadsheets import guard_formulas
from segmentation.targeting.exclusions import apply_exclusions, apply_ranked_exclusions, build_waterfall, tell_waterfall
from segmentation.targeting.stage import hold_global_control
from segmentation.value.bg_nbd import METHOD, BgNbd, fit_bg_nbd
from segmentation.value.fitting import Vector
from segmentation.value.models import WEEK
from segmentation.value.stage import FEW
from segmentation.warehouse.connection import Connection, execute, fetch, frames, kept
from segmentation.warehouse.disk import writing_to
from segmentation.warehouse.schema import clear, replace_rows

MEAN_ORDERS = 2  # a customer's margin per order is drawn to that of all as if of so many more orders
KEPT_DAYS = 92  # lists of so many days are kept
CHANNEL = "phone"
NO_CAMPAIGN = ""  # a call list is of no campaign, so contacts of every campaign count
NO_MARGIN = "an order has no margin: give orders.margin or campaigns.margin_rate; ranked by probability"
NO_ORDERS = "nobody had ordered by then"
NOT_USED = "the value models of tonight do not use it"

log = logging.getLogger(__name__)


# One thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def list_calls(connection: Connection, settings: Settings, as_of: dt.date) -> None:
    """Write targeting.call_check, targeting.call_exclusions and the list of `as_of` in targeting.call_list.

    Nothing is written where no agent is set.

    Raises:
        SourceError: a suppression list cannot be read, or has no column to find people by.
    """
    clear(connection, CALL_CHECK)
    clear(connection, CALL_EXCLUSIONS)
    clear(connection, CALL_LIST, as_of_date=as_of)
    execute(
        connection,
        f"delete from {CALL_LIST.full_name} where as_of_date < $oldest "
        f"or customer_id in (select customer_id from {UNSCORED.full_name})",
        oldest=as_of - dt.timedelta(days=KEPT_DAYS),
    )
    if not settings.calls.agents:
        log.info("no call list: calls.agents is not set")
        return
    days, margin_rate = settings.calls.days, settings.campaigns.margin_rate
    customers = execute(connection, "select count(*) from crm.customers")[0][0]
    step = 1 if customers <= FEW else WEEK
    fewest = settings.value.fewest_repeat_customers
    check, method, learnt = _check_chances(connection, as_of, days, step, fewest=fewest)
    replace_rows(connection, CALL_CHECK, check)
    with kept(connection, "customer_purchases", as_of_date=as_of, days=days, margin_rate=margin_rate, step_days=step):
        groups = fetch(connection, "order_chances", known_to=as_of, days=days, step_days=step)
        if learnt.is_empty() or groups.is_empty():
            log.info("no call list: %s", NO_ORDERS)
            return
        chances = _chances(groups, learnt, _model_in_use(connection), days=days)[method]
        _write_list(connection, settings, as_of, groups.with_columns(probability=pl.Series(chances)))


def _check_chances(
    connection: Connection, as_of: dt.date, days: int, step: int, *, fewest: int
) -> tuple[pl.DataFrame, str, pl.DataFrame]:
    """Rows of targeting.call_check, the way chosen, and the groups of the last `days` to learn from."""
    known_to = as_of - dt.timedelta(days=days)
    earlier = _groups_at(connection, known_to - dt.timedelta(days=days), days, step)
    held_back = _groups_at(connection, known_to, days, step)
    about = {"as_of_date": pl.lit(as_of), "calibrated_to": pl.lit(known_to)}
    if earlier.is_empty() or held_back.is_empty():
        rows = pl.DataFrame([{"method": SAME, "bin": ALL, "chosen": True, "note": NO_ORDERS}])
        return rows.with_columns(**about), SAME, held_back
    fit = fit_bg_nbd(held_back, fewest=fewest, weeks=days / WEEK)
    problem = fit.problem or (None if _model_in_use(connection) else NOT_USED)
    chances = _chances(held_back, earlier, None if problem else fit.usable, days=days)
    check = judge_chances(held_back, chances, {BG_NBD: problem} if problem else {})
    return check.with_columns(**about), check.filter("chosen")["method"][0], held_back


def _groups_at(connection: Connection, known_to: dt.date, days: int, step: int) -> pl.DataFrame:
    with kept(connection, "customer_purchases", as_of_date=known_to, days=days, margin_rate=None, step_days=step):
        return fetch(connection, "order_chances", known_to=known_to, days=days, step_days=step)


def _chances(groups: pl.DataFrame, learnt: pl.DataFrame, model: BgNbd | None, *, days: int) -> dict[str, Vector]:
    """Probability of an order by each way there is, of groups; what is learnt from is earlier than these."""
    rhythm = learn_rhythm(learnt, days=days)
    found: dict[str, Vector] = {
        SAME: np.full(groups.height, rhythm.overall),
        RHYTHM: chance_by_rhythm(groups, rhythm, days=days),
    }
    return found | ({BG_NBD: chance_by_model(groups, model, days=days)} if model else {})


def _model_in_use(connection: Connection) -> BgNbd | None:
    parameters = dict(
        execute(
            connection,
            f"select parameter, value from {VALUE_MODEL.full_name} where method = $method and used",
            method=METHOD,
        )
    )
    return BgNbd(**parameters) if parameters else None


def _write_list(connection: Connection, settings: Settings, as_of: dt.date, groups: pl.DataFrame) -> None:
    agents = {agent.name: agent.capacity for agent in settings.calls.agents}
    assessed = _assess(connection, settings, as_of)
    judged = _rank(connection, apply_exclusions(assessed.customers), groups)
    left_out = _left_out(judged["reason"], assessed)
    replace_rows(connection, CALL_EXCLUSIONS, left_out.with_columns(as_of_date=pl.lit(as_of)))
    ranked = judged.filter(pl.col("reason").is_null(), pl.col("rank").is_not_null()).sort("rank")
    dealt = deal_calls(
        ranked.head(sum(agents.values())).select("customer_id", "probability", "expected_margin"),
        agents,
        fetch(connection, "last_call_agents", as_of_date=as_of),
    )
    by_product = execute(connection, "select count(category) from crm.order_lines")[0][0] == 0
    with frames(connection, call_customers=dealt.select("customer_id")):
        details = explain_calls(fetch(connection, "call_details", as_of_date=as_of, by_product=by_product), as_of)
    rows = dealt.join(details, on="customer_id", how="left", maintain_order="left").with_columns(
        as_of_date=pl.lit(as_of),
        days=pl.lit(settings.calls.days),
        note=_note(assessed.notes.get(column) for column in ("lacks_data", "lacks_consent")),
    )
    replace_rows(connection, CALL_LIST, rows, as_of_date=as_of)
    log.info("call list: %s customers for %s agents", f"{rows.height:,}", len(agents))


def _assess(connection: Connection, settings: Settings, as_of: dt.date) -> Eligibility:
    """What decides whether each customer may be called on the day after `as_of`."""
    hold_global_control(connection, as_of, settings.plan.global_control)
    return assess_customers(
        connection,
        settings,
        as_of=as_of,
        campaign_id=NO_CAMPAIGN,
        channel=CHANNEL,
        starts_on=as_of + dt.timedelta(days=1),
    )


def _rank(connection: Connection, customers: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """All customers with `reason`, and with `rank` those who may be called and are worth a call."""
    may_be_called = customers.filter(pl.col("reason").is_null())
    with frames(connection, chance_groups=groups, may_be_called=may_be_called.select("customer_id")):
        ranked = fetch(connection, "call_candidates", mean_orders=MEAN_ORDERS)
    with_rank = customers.select("customer_id", "reason", "duplicate_group", "household").join(
        ranked, on="customer_id", how="left", maintain_order="left"
    )
    return apply_ranked_exclusions(with_rank)


def _left_out(reasons: pl.Series, assessed: Eligibility) -> pl.DataFrame:
    """Rows of targeting.call_exclusions: the steps at which customers leave, or that say what was not checked."""
    steps = build_waterfall(reasons, beyond_budget=0, held_out=0, notes=assessed.notes)
    steps = steps.filter((pl.col("customers_removed") > 0) | pl.col("note").is_not_null())
    log.info("call list: left out: %s", tell_waterfall(steps) or "nobody")
    return steps.select("step", "reason", pl.col("customers_removed").alias("customers"), "note")


def _note(unchecked: Iterable[str | None]) -> pl.Expr:
    """What to know of a row of the list: what its order lacks, and what could not be checked of anybody."""
    no_margin = pl.when(pl.col("expected_margin").is_null()).then(pl.lit(NO_MARGIN))
    parts = (pl.lit(part, dtype=pl.String) for part in unchecked)
    return pl.concat_str(no_margin, *parts, separator="; ", ignore_nulls=True).replace("", None)


def export_calls(connection: Connection, file: Path, *, agent: str | None = None) -> int:
    """Write the call list of the last night as CSV, by agent and rank, and return how many customers are on it.

    Only the owner may read the file, and no cell of it is a formula.

    Args:
        agent: only the calls of this agent.

    Raises:
        CallError: there is no such list.
    """
    rows = fetch(connection, "call_sheet", agent=agent)
    if rows.is_empty():
        of = f" of {agent}" if agent else ""
        raise CallError(f"the last night has left no call list{of}; set calls.agents and run `mailworth night`")
    with writing_to(file.parent):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.fchmod(handle, 0o600)  # also where the file was there already
        with open(handle, "wb") as target:
            guard_formulas(rows).write_csv(target)
    return rows.height
