"""One sentence about a campaign and an earlier one: better, worse, or not proven."""

from typing import Any

import polars as pl

from segmentation.reporting.numbers import MINUS

BETTER, WORSE, NOT_PROVEN = "better", "worse", "not proven"
SMALL_RATE = 0.01  # rates below this are written with a second decimal

Row = dict[str, Any]


def judge() -> pl.Expr:
    """Better or worse where the interval of a randomised change of closed windows lies on one side of 0."""
    decided = (pl.col("design") == "randomised") & ~pl.col("provisional")
    return (
        pl.when(decided & (pl.col("ci_low") > 0))
        .then(pl.lit(BETTER))
        .when(decided & (pl.col("ci_high") < 0))
        .then(pl.lit(WORSE))
        .otherwise(pl.lit(NOT_PROVEN))
    )


def tell_verdict(row: Row) -> str:
    """The sentence about a pair and metric.

    Args:
        row: of response.comparison, with `name`, `earlier_name` and `change_note`.
    """
    raw = _tell_rates(row)
    told = _tell_change(row) if row["ci_low"] is not None else _tell_unknown(row)
    return f"{row['name']} against {row['earlier_name']}: {raw}{told}."


def _tell_rates(row: Row) -> str:
    """What was counted, such as `response rose from 2.0 to 2.4%`; empty if it was not."""
    now, then = row["rate"], row["earlier_rate"]
    if now is None or then is None:
        return ""
    is_rate = row["metric"] in ("response", "conversion")
    digits = (2 if max(now, then) < SMALL_RATE else 1) if is_rate else 2
    shown, before = (f"{value * (100 if is_rate else 1):,.{digits}f}".replace("-", MINUS) for value in (now, then))
    noun, unit = (row["metric"], "%") if is_rate else (f"{row['metric']} per head", "")
    if shown == before:
        return f"{noun} stayed at {shown}{unit}"
    return f"{noun} {'rose' if now > then else 'fell'} from {before} to {shown}{unit}"


def _tell_change(row: Row) -> str:
    went = _direction(row)
    brought = f"the mailing itself brought {_amount(row)} than the earlier one ({_interval(row)})"
    if row["provisional"]:
        return f"{_join(went, ', but ')}a response window is still open, so nothing is proven yet: so far {brought}"
    if row["design"] == "observational":
        return f"{_join(went, '; ')}nobody was held out, and by estimates {brought}: a hint, no proof"
    if row["verdict"] == NOT_PROVEN:
        change = {"rose": "improvement", "fell": "decline"}.get(went, "change")
        return f"{_join(went, ', yet ' if went in ('rose', 'fell') else ', and ')}no {change} is proven: {brought}"
    change, along = ("improvement", "rose") if row["verdict"] == BETTER else ("decline", "fell")
    return f"{_join(went, ', and ' if went == along else ', yet ')}a real {change} is proven: {brought}"


def _tell_unknown(row: Row) -> str:
    reason = row["change_note"] or "nothing of it was measured"
    return f"{_join(_direction(row), '; ')}whether the mailing itself brought more cannot be told: {reason}"


def _direction(row: Row) -> str:
    """rose, fell or stayed, as the sentence shows it; empty where nothing was counted."""
    words = _tell_rates(row).split(" ")
    return next((word for word in words if word in ("rose", "fell", "stayed")), "")


def _join(went: str, by: str) -> str:
    return by if went else ""


def _amount(row: Row) -> str:
    change, metric = row["uplift_change"], row["metric"]
    more = "more" if change >= 0 else "less"
    if metric in ("revenue", "margin"):
        return f"{abs(change):,.2f} {more} {metric} per head"
    what = {"response": "replies", "conversion": "buyers"}[metric]
    return f"{100 * abs(change):.2f} percentage points {'more' if change >= 0 else 'fewer'} {what}"


def _interval(row: Row) -> str:
    scale = 1 if row["metric"] in ("revenue", "margin") else 100
    low, high = (f"{scale * row[end]:+,.2f}".replace("-", MINUS) for end in ("ci_low", "ci_high"))
    return f"95% interval {low} to {high}"
