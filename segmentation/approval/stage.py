"""Approve, reject and export plans: from targeting.plans into targeting.plans, and a list to mail."""

import datetime as dt
import logging
from pathlib import Path

import polars as pl

from segmentation.approval.life import (
    Decision,
    Plan,
    refuse_approval,
    refuse_changed,
    refuse_export,
    refuse_old_data,
    refuse_rejection,
)
from segmentation.contract.comparison import PLAN_POWER
from segmentation.contract.targeting import PLANS
from segmentation.errors import PlanError
from segmentation.pack.stage import export_plan as write_pack
from segmentation.run import Run
from segmentation.targeting.power_gate import note_weakness
from segmentation.targeting.stage import refuse_clashes
from segmentation.warehouse.connection import Connection, ask, fetch
from segmentation.warehouse.schema import replace_rows

log = logging.getLogger(__name__)


def approve_plan(connection: Connection, run: Run, plan_id: str) -> None:
    """Approve a draft, in the name of who started the run.

    Raises:
        PlanError: there is no such plan; the data are too old; see `life.refuse_approval`; another campaign has its key
            codes; or its hold-out shows too little and plan.power_gate is refuse.
    """
    refuse_old_data(run.as_of, run.today, run.settings.plan)
    plan = _find(connection, plan_id)
    _refuse_approval(connection, run, plan)
    codes = fetch(connection, "plan_keycodes", plan_id=plan_id)["keycode"].to_list()
    refuse_clashes(connection, plan["campaign_id"], codes)
    refuse_weak_hold_out(connection, run, plan_id)
    _change(connection, plan_id, status="approved", approved_at=run.started_at, approved_by=run.triggered_by)
    log.info("plan %s: approved by %s", plan_id, run.triggered_by)


def reject_plan(connection: Connection, run: Run, plan_id: str, why: str) -> None:
    """Reject a plan that is not exported, in the name of who started the run.

    Raises:
        PlanError: there is no such plan, no reason is given, or see `life.refuse_rejection`.
    """
    if not why.strip():
        raise PlanError("say why the plan is rejected, in a few words")
    refuse_rejection(_find(connection, plan_id))
    by, at = run.triggered_by, run.started_at
    _change(connection, plan_id, status="rejected", rejected_at=at, rejected_by=by, rejected_why=why.strip())
    log.info("plan %s: rejected by %s", plan_id, run.triggered_by)


def export_plan(connection: Connection, run: Run, plan_id: str) -> tuple[Path, ...]:
    """Write what an approved plan gives to the mail house. Exporting again writes the same.

    Returns:
        Files that publishing will show.

    Raises:
        PlanError: there is no such plan, the data are too old, or see `life.refuse_export`.
        PackError: see `pack.stage.export_plan`.
    """
    refuse_old_data(run.as_of, run.today, run.settings.plan)
    plan = _find(connection, plan_id)
    refuse_export(plan)
    files = write_pack(connection, run, plan_id)
    if plan["status"] == "approved":
        _change(connection, plan_id, status="exported", exported_at=run.started_at, exported_by=run.triggered_by)
    return files


def look_at_plan(connection: Connection, run: Run, plan_id: str) -> Plan:
    """A plan that somebody is to decide on: a draft that may be approved, or an approved one.

    Raises:
        PlanError: there is no such plan, the data are too old, it is exported or rejected, or a draft that may not be
            approved; see `life.refuse_approval`.
    """
    refuse_old_data(run.as_of, run.today, run.settings.plan)
    plan = _find(connection, plan_id)
    if plan["status"] != "approved":
        _refuse_approval(connection, run, plan)
    return plan


def settle_plan(connection: Connection, run: Run, plan_id: str, decision: Decision) -> tuple[Path, ...]:
    """Do with a plan what somebody has decided who has seen it, in the name of who started the run.

    Returns:
        Files that publishing will show.

    Raises:
        PlanError: the plan is not what was seen (see `life.refuse_changed`), or what is decided may not be done.
        PackError: see `pack.stage.export_plan`.
    """
    plan = _find(connection, plan_id)
    refuse_changed(plan, decision.seen)
    if decision.is_rejected:
        reject_plan(connection, run, plan_id, decision.why)
        return ()
    if plan["status"] == "draft" or not decision.export:
        approve_plan(connection, run, plan_id)
    return export_plan(connection, run, plan_id) if decision.export else ()


def note_power(connection: Connection, run: Run, plan_id: str) -> None:
    """Add to the note of a plan what its hold-out cannot show, and warn of it; see `power_gate.find_weakness`."""
    if weakness := note_weakness(_power(connection, plan_id), run.settings.plan):
        note = _find(connection, plan_id)["note"]
        _change(connection, plan_id, note="; ".join(filter(None, (note, weakness))))
        log.warning("plan %s: %s", plan_id, weakness)


def refuse_weak_hold_out(connection: Connection, run: Run, plan_id: str) -> None:
    """Refuse a plan whose hold-out shows too little.

    Raises:
        PlanError: plan.power_gate is refuse and there is a weakness.
    """
    settings = run.settings.plan
    weakness = note_weakness(_power(connection, plan_id), settings)
    if weakness and settings.power_gate == "refuse":
        raise PlanError(f"plan {plan_id}: {weakness}; or set plan.power_gate = 'warn'")


def _find(connection: Connection, plan_id: str) -> Plan:
    plans = ask(connection, f"from {PLANS.full_name} where plan_id = $plan_id", plan_id=plan_id)
    if plans.is_empty():
        raise PlanError(f"there is no plan {plan_id} (any more); `mailworth plans` lists those there are")
    return plans.row(0, named=True)


def _refuse_approval(connection: Connection, run: Run, plan: Plan) -> None:
    plans = connection.sql(f"from {PLANS.full_name} order by plan_id").pl().to_dicts()
    refuse_approval(plan, plans, _nights(connection), as_of=run.as_of, today=run.today, settings=run.settings.plan)


def _change(connection: Connection, plan_id: str, **values: object) -> None:
    plans = ask(connection, f"from {PLANS.full_name} where plan_id = $plan_id", plan_id=plan_id)
    changed = plans.with_columns(pl.lit(value).alias(name) for name, value in values.items())
    replace_rows(connection, PLANS, changed, plan_id=plan_id)


def _power(connection: Connection, plan_id: str) -> pl.DataFrame:
    return ask(connection, f"from {PLAN_POWER.full_name} where plan_id = $plan_id order by cell", plan_id=plan_id)


def _nights(connection: Connection) -> list[dt.datetime]:
    nights = ask(connection, "select started_at from ops.runs where flow in ('night', 'replay-night')")
    return nights["started_at"].to_list()
