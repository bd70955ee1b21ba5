"""What the page says of hold-outs that were mailed anyway, and of other campaigns in the same days."""

from typing import Any

import polars as pl

from segmentation.reporting.glance import show_estimate
from segmentation.reporting.numbers import count, percent, show

ENDS = ("_ci_low", "_ci_high")


def describe_validity(contamination: pl.DataFrame, concurrent: pl.DataFrame, currency: str) -> dict[str, Any]:
    """Sentences by campaign, the latest first.

    Args:
        contamination: rows of sql/report_contamination.sql.
        concurrent: rows of sql/report_concurrent.sql.
    """
    unlike = concurrent.filter(pl.col("verdict") == "fail")
    alike = concurrent.filter(pl.col("verdict") != "fail")
    return {
        "contaminated": [
            {"name": row["name"], "text": _tell_receipts(row, currency)} for row in contamination.iter_rows(named=True)
        ],
        "unlike": [{"name": row["name"], "text": _tell_shares(row)} for row in unlike.iter_rows(named=True)],
        "alike": [{"name": row["name"], "text": _tell_shares(row)} for row in alike.iter_rows(named=True)],
    }


def _tell_receipts(row: dict[str, Any], currency: str) -> str:
    told = []
    if row["contaminated"]:
        share = show(row["share"], percent, low=row["share_ci_low"], high=row["share_ci_high"])
        held_out = f"{count(row['contaminated'])} of {count(row['control'])} held out"
        told.append(f"{held_out} were mailed anyway, as far as is known: {share.text} ({share.interval})")
    if row["unreached"]:
        told.append(f"{count(row['unreached'])} of {count(row['treated'])} to be mailed were not reached")
    return "; ".join(told) + ". " + _tell_effects(row, currency)


def _tell_effects(row: dict[str, Any], currency: str) -> str:
    if row["complier_uplift"] is None:
        return f"What the mailing did to those it moved cannot be told: {row['note'] or 'too few customers'}."
    drawn = {"drawn": row["uplift"]} | {f"drawn{end}": row[end[1:]] for end in ENDS}
    by_draw = show_estimate(drawn, "drawn", currency, None)
    mailed = {"mailed": row["complier_uplift"]} | {f"mailed{end}": row[f"complier{end}"] for end in ENDS}
    by_mail = show_estimate(mailed, "mailed", currency, None)
    return (
        f"Revenue per head: {by_draw.text} ({by_draw.interval}) for being drawn, {by_mail.text} ({by_mail.interval}) "
        "for being mailed, among those it depended on."
    )


def _tell_shares(row: dict[str, Any]) -> str:
    days = f"{row['shared_days']} day{'s' if row['shared_days'] > 1 else ''}"
    return (
        f"{row['other_name']}, {days} in common, mailed {percent(row['treated_share'])} of the mailed and "
        f"{percent(row['control_share'])} of the held out"
    )
