"""COST_KINDS: how often a cost of the programme comes and for how many. Costs by month."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

import polars as pl

from segmentation.payback.timeline import YEAR, Timeline
from segmentation.settings import ProgrammeSettings

COST_SCHEMA = {
    "name": pl.String,
    "amount": pl.Float64,
    "kind": pl.String,
    "from": pl.Date,
    "to": pl.Date,
    "growth": pl.Float64,
}
NO_COSTS = "no cost of the programme is known: give costs in the source or [programme] in the settings"


@dataclass(frozen=True)
class CostKind:
    """A kind of cost; `each` is the setting that counts what it is paid for."""

    kind: str
    often: Literal["once", "monthly", "yearly"]
    each: Literal["users", "branches", "modules"] | None = None


COST_KINDS: tuple[CostKind, ...] = (
    CostKind("once", "once"),
    CostKind("monthly", "monthly"),
    CostKind("yearly", "yearly"),
    CostKind("per_user", "monthly", "users"),
    CostKind("per_branch", "monthly", "branches"),
    CostKind("per_module", "monthly", "modules"),
    CostKind("per_user_once", "once", "users"),
    CostKind("per_branch_once", "once", "branches"),
    CostKind("per_module_once", "once", "modules"),
)


def list_set_costs(settings: ProgrammeSettings) -> pl.DataFrame:
    """The costs that the settings have, from the first day of the programme on; COST_SCHEMA, unset ones left out."""
    minutes, cost_per_minute = settings.minutes_per_user, settings.cost_per_minute
    work = None if minutes is None or cost_per_minute is None else minutes * cost_per_minute
    rows = (
        ("licences for users", settings.once_per_user, "per_user_once"),
        ("licences for branches", settings.once_per_branch, "per_branch_once"),
        ("licences for modules", settings.once_per_module, "per_module_once"),
        ("upkeep for users", settings.monthly_per_user, "per_user"),
        ("upkeep for branches", settings.monthly_per_branch, "per_branch"),
        ("upkeep for modules", settings.monthly_per_module, "per_module"),
        ("integration with the back office", settings.integration, "once"),
        ("hardware", settings.hardware, "once"),
        ("changed work", settings.changed_work, "once"),
        ("work of users", work, "per_user"),
    )
    costs = [{"name": name, "amount": amount, "kind": kind} for name, amount, kind in rows if amount is not None]
    if settings.data_warehouse is not None:
        stored = {"name": "data warehouse", "amount": settings.data_warehouse, "kind": "monthly"}
        costs.append(stored | {"growth": settings.data_warehouse_growth})
    return pl.DataFrame(costs, schema=COST_SCHEMA)


def find_cost_problems(costs: pl.DataFrame, counts: Mapping[str, int | None]) -> list[str]:
    """Why costs cannot be told: none is known, a kind is not known, or a number is not set.

    Args:
        costs: COST_SCHEMA.
        counts: users, branches and modules.
    """
    if costs.is_empty():
        return [NO_COSTS]
    known = {kind.kind: kind for kind in COST_KINDS}
    problems = []
    for name in costs["kind"].unique().sort():
        if name not in known:
            problems.append(f"costs of the kind {name} are not understood; kinds are: {', '.join(known)}")
        elif (each := known[name].each) is not None and counts[each] is None:
            problems.append(f"costs of the kind {name} need programme.{each}")
    return problems


def spread_costs(costs: pl.DataFrame, counts: Mapping[str, int | None], timeline: Timeline) -> pl.DataFrame:
    """Costs by month. A cost that comes every month or year is paid in full in the month it falls into.

    Args:
        costs: COST_SCHEMA, of kinds and counts that are known (`find_cost_problems`); one without `from` begins with
            the programme, one without `to` goes on; `growth` is added with each month after the first.
        counts: users, branches and modules.
    Returns: one row per month: `number`, `cost_once`, `cost_running`.
    """
    kinds = pl.DataFrame([asdict(kind) for kind in COST_KINDS]).with_columns(
        times=pl.col("each").replace_strict(dict(counts), default=None, return_dtype=pl.Float64)
    )
    begun, ended = (timeline.number(pl.col(name)) for name in ("from", "to"))
    age = pl.col("number") - pl.col("begun")
    due = (
        pl.when(pl.col("often") == "once")
        .then(age == 0)
        .when(pl.col("often") == "yearly")
        .then(age % YEAR == 0)
        .otherwise(pl.lit(True))
    )
    paid = (
        costs.join(kinds, on="kind")
        .with_columns(pl.col("from").fill_null(timeline.starts_on))
        .with_columns(begun=begun, ended=ended)
        .join(timeline.frame(), how="cross")
        .filter(age >= 0, (pl.col("number") <= pl.col("ended")).fill_null(True) | (pl.col("often") == "once"), due)
        .with_columns(
            money=(pl.col("amount") + pl.col("growth").fill_null(0) * age)
            * pl.when(pl.col("each").is_null()).then(1.0).otherwise("times")
        )
        .sort("number", "name", "kind", "money")
        .group_by("number", maintain_order=True)
        .agg(
            cost_once=pl.col("money").filter(pl.col("often") == "once").sum(),
            cost_running=pl.col("money").filter(pl.col("often") != "once").sum(),
        )
    )
    return (
        timeline.frame()
        .select("number")
        .join(paid, on="number", how="left", maintain_order="left")
        .with_columns(pl.col("cost_once", "cost_running").fill_null(0.0))
    )
