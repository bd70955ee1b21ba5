"""What the page says of hold-outs that were mailed anyway, and of other campaigns in the same days."""

from typing import Any

import polars as pl

from segmentation.reporting.glance import show_estimate
from segmentation.reporting.words import Words

ENDS = ("_ci_low", "_ci_high")


def describe_validity(contamination: pl.DataFrame, concurrent: pl.DataFrame, words: Words) -> dict[str, Any]:
    """Sentences by campaign, the latest first.

    Args:
        contamination: rows of sql/report_contamination.sql.
        concurrent: rows of sql/report_concurrent.sql.
    """
    unlike = concurrent.filter(pl.col("verdict") == "fail")
    alike = concurrent.filter(pl.col("verdict") != "fail")
    return {
        "contaminated": [
            {"name": row["name"], "text": _tell_receipts(row, words)} for row in contamination.iter_rows(named=True)
        ],
        "unlike": [{"name": row["name"], "text": _tell_shares(row, words)} for row in unlike.iter_rows(named=True)],
        "alike": [{"name": row["name"], "text": _tell_shares(row, words)} for row in alike.iter_rows(named=True)],
    }


def _tell_receipts(row: dict[str, Any], words: Words) -> str:
    told = []
    if row["contaminated"]:
        share = words.show(row["share"], words.percent, low=row["share_ci_low"], high=row["share_ci_high"])
        told.append(
            words(
                "%(contaminated)s of %(held_out)s held out were mailed anyway, as far as is known: %(share)s "
                "(%(interval)s)",
                contaminated=words.count(row["contaminated"]),
                held_out=words.count(row["control"]),
                share=share.text,
                interval=share.interval,
            )
        )
    if row["unreached"]:
        unreached, treated = words.count(row["unreached"]), words.count(row["treated"])
        told.append(
            words("%(unreached)s of %(treated)s to be mailed were not reached", unreached=unreached, treated=treated)
        )
    return f"{'; '.join(told)}. {_tell_effects(row, words)}"


def _tell_effects(row: dict[str, Any], words: Words) -> str:
    if row["complier_uplift"] is None:
        why = words.stored(row["note"]) or words("too few customers")
        return words("What the mailing did to those it moved cannot be told: %(why)s.", why=why)
    drawn = {"drawn": row["uplift"]} | {f"drawn{end}": row[end[1:]] for end in ENDS}
    by_draw = show_estimate(drawn, "drawn", words, None)
    mailed = {"mailed": row["complier_uplift"]} | {f"mailed{end}": row[f"complier{end}"] for end in ENDS}
    by_mail = show_estimate(mailed, "mailed", words, None)
    return words(
        "Revenue per head: %(drawn)s (%(drawn_interval)s) for being drawn, %(mailed)s (%(mailed_interval)s) for being "
        "mailed, among those it depended on.",
        drawn=by_draw.text,
        drawn_interval=by_draw.interval,
        mailed=by_mail.text,
        mailed_interval=by_mail.interval,
    )


def _tell_shares(row: dict[str, Any], words: Words) -> str:
    return words.plural(
        "%(campaign)s, %(number)s day in common, mailed %(treated)s of the mailed and %(control)s of the held out",
        "%(campaign)s, %(number)s days in common, mailed %(treated)s of the mailed and %(control)s of the held out",
        row["shared_days"],
        campaign=row["other_name"],
        treated=words.percent(row["treated_share"]),
        control=words.percent(row["control_share"]),
    )
