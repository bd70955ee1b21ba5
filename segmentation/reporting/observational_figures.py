"""What the page says of campaigns without hold-out: whether they can be compared, and how far to believe them."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_balance
from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.numbers import Shown, count, percent, rounded_money, show
from segmentation.response.balance import LIMIT
from segmentation.response.overlap import FAIL, NONE, PASS

METRIC = "revenue"


def describe_observational(campaigns: pl.DataFrame, balance: pl.DataFrame, currency: str) -> dict[str, Any] | None:
    """A row per campaign, the latest first, and of the latest the balance in a picture; None without any.

    Args:
        campaigns: rows of sql/report_observational.sql.
        balance: rows of sql/report_balance.sql.
    """
    told = campaigns.filter(pl.col("metric") == METRIC)
    if told.is_empty():
        return None
    latest = told.row(-1, named=True)
    return {
        "summary": _summarise(told),
        "latest": latest["name"],
        "sentences": _write_sentences(latest, currency),
        "balance": _picture_balance(balance.filter(pl.col("campaign_id") == latest["campaign_id"])),
        "rows": [_describe(row, currency) for row in told.reverse().iter_rows(named=True)],
    }


def _summarise(told: pl.DataFrame) -> str:
    comparable = told.filter(pl.col("overlap") == PASS, pl.col("unbalanced").list.len() == 0)
    sure = told.filter((pl.col("ci_low") > 0) | (pl.col("ci_high") < 0))
    firm = sure.filter(pl.col("withstands") == "yes", pl.col("agrees") == "yes", pl.col("placebo_verdict") != "fail")
    firm = firm.join(comparable, on="campaign_id", how="semi")
    enough = (
        f"Campaigns with enough unmailed customers like the mailed: {count(comparable.height)} of {count(told.height)}."
    )
    if sure.is_empty():
        return f"{enough} In none does the interval of revenue leave out 0, so none shows an effect."
    return (
        f"{enough} With an effect on revenue whose interval leaves out 0: {count(sure.height)}; of those, "
        f"{count(firm.height)} pass every check."
    )


def _write_sentences(row: dict[str, Any], currency: str) -> list[str]:
    """Of one campaign: overlap and balance, the second opinion, the unknown."""
    return [_write_comparability(row), _write_second_opinion(row, currency), _write_sensitivity(row)]


def _write_comparability(row: dict[str, Any]) -> str:
    if row["overlap"] == NONE:
        return f"There are no unmailed customers like the mailed: {row['overlap_note']}. Nothing is estimated."
    unbalanced = row["unbalanced"]
    alike = (
        f"after weighting none of {row['covariates']} things known before the mailing differs by more than {LIMIT} "
        "standard deviations"
        if not unbalanced
        else f"even after weighting mailed and unmailed differ in {', '.join(map(_words, unbalanced))}"
    )
    weak = f", and the overlap is weak ({row['overlap_note']})" if row["overlap"] != PASS else ""
    verdict = "can be compared" if not unbalanced and not weak else "can hardly be compared"
    unmailed = (
        f"The {count(row['unmailed'])} unmailed count as {count(row['effective_unmailed'])} customers like the mailed"
    )
    return f"Mailed and unmailed {verdict}: {alike}{weak}. {unmailed}."


def _write_second_opinion(row: dict[str, Any], currency: str) -> str:
    if row["second_opinion"] is None:
        return f"There is no second opinion: {row['second_opinion_note']}."
    first, second = _show_estimate(row, currency), _show_second(row, currency)
    agreement = {"yes": "both ways agree", "no": "both ways disagree, so neither can be relied on"}.get(
        row["agrees"], "there is nothing to compare it with"
    )
    placebo = {
        "pass": "a period earlier, when nothing had been mailed, it finds nothing, as it should",
        "fail": "but a period earlier, when nothing had been mailed, it finds an effect too, so do not trust it here",
    }.get(row["placebo_verdict"], "whether it finds nothing where nothing was mailed is not known")
    return (
        f"Revenue per head changed by {second.text} ({second.interval}) more than that of unmailed alike; the model "
        f"says {first.text}{f' ({first.interval})' if first.interval else ''}: {agreement}; {placebo}."
    )


def _write_sensitivity(row: dict[str, Any]) -> str:
    if row["robustness_value"] is None:
        return "How much something unknown could change cannot be told without an estimate."
    if row["robustness_value_interval"] == 0:
        return "The interval has 0 in it as it is: nothing unknown is needed to explain the estimate away."
    benchmark = (
        f"The strongest of what is known, {_words(row['benchmark'])}, explains {percent(row['benchmark_outcome'])} of "
        f"the revenue and {percent(row['benchmark_mailing'])} of the mailing"
    )
    verdict = "the result would stand" if row["withstands"] == "yes" else "the result would not stand"
    return (
        f"Something unknown would have to explain {percent(row['robustness_value_interval'])} of what is left of both "
        f"revenue and mailing for the interval to reach 0. {benchmark}; were something as strong missing, {verdict}."
    )


def _describe(row: dict[str, Any], currency: str) -> dict[str, Any]:
    comparable = "yes" if row["overlap"] == PASS and not row["unbalanced"] else "no"
    return {
        "campaign_id": row["campaign_id"],
        "name": row["name"],
        "starts_on": row["starts_on"],
        "comparable": comparable,
        "why": _name_faults(row),
        "figures": [
            show(row["effective_unmailed"], count),
            _show_estimate(row, currency),
            _show_second(row, currency),
            show(row["robustness_value_interval"], percent, reason=row["uplift_note"]),
        ],
        "agrees": row["agrees"] or "not known",
        "placebo": row["placebo_verdict"] or "not known",
        "withstands": row["withstands"] or ("not known" if row["robustness_value"] is None else "no effect"),
    }


def _name_faults(row: dict[str, Any]) -> str:
    """Few words; response.overlap and response.balance have all of it."""
    unbalanced = row["unbalanced"]
    others = f" and {len(unbalanced) - 1} more" if len(unbalanced) > 1 else ""
    weak = {NONE: "no overlap", FAIL: "weak overlap"}.get(row["overlap"])
    differ = f"not alike in {_words(unbalanced[0])}{others}" if unbalanced else None
    return "; ".join(part for part in (weak, differ) if part)


def _show_estimate(row: dict[str, Any], currency: str) -> Shown:
    low, high = row["ci_low"], row["ci_high"]
    write = rounded_money(currency, row["uplift"], low, high)
    return show(row["uplift"], write, low=low, high=high, reason=row["uplift_note"])


def _show_second(row: dict[str, Any], currency: str) -> Shown:
    low, high = row["second_opinion_ci_low"], row["second_opinion_ci_high"]
    write = rounded_money(currency, row["second_opinion"], low, high)
    return show(row["second_opinion"], write, low=low, high=high, reason=row["second_opinion_note"])


def _words(name: str) -> str:
    return name.replace("_", " ")


def _picture_balance(balance: pl.DataFrame) -> Picture | None:
    if balance.is_empty():
        return None
    names = balance.with_columns(covariate=pl.col("covariate").str.replace_all("_", " "))
    points = pl.concat(
        names.select(
            "covariate",
            pl.col(f"difference_{when}").alias("difference"),
            pl.lit(colour).alias("colour"),
            pl.lit("white" if when == "before" else colour).alias("fill"),
        )
        for when, colour in (("before", GREY), ("after", BLUE))
    )
    alt = "; ".join(
        f"{name}: {before:+.2f} before, {after:+.2f} after"
        for name, before, after in names.select("covariate", "difference_before", "difference_after").iter_rows()
    )
    return Picture(draw_balance(points, limit=LIMIT), alt)
