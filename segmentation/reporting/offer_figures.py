"""What the page shows of best offers and of the call list."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.foresight_charts import draw_calibration, draw_hits
from segmentation.reporting.numbers import Shown, about, count, percent, points, rounded_money, show

Row = dict[str, Any]

TASKS = {"any": "What they buy next", "new": "What they try for the first time"}
MOST_CATEGORIES = 5


def describe_offers(models: pl.DataFrame, first_offers: pl.DataFrame) -> dict[str, Any]:
    """How offers are found, whether that beats popularity, and what is offered most.

    Args:
        models: rows of sql/report_offer_models.sql.
        first_offers: rows of sql/report_first_offers.sql.
    """
    return {
        "tasks": [_describe_task(task, models.filter(pl.col("task") == task)) for task in TASKS if models.height],
        "most": [
            {"category": row["category"], "customers": count(row["customers"]), "share": percent(row["share"])}
            for row in first_offers.head(MOST_CATEGORIES).iter_rows(named=True)
        ],
        "others": max(first_offers.height - MOST_CATEGORIES, 0),
    }


def _describe_task(task: str, ways: pl.DataFrame) -> dict[str, Any]:
    rows = ways.to_dicts()
    return {
        "title": TASKS[task],
        "is_offered": rows[0]["offered"],
        "picture": _picture_hits(ways.filter(pl.col("hit_rate_1").is_not_null())),
        "verdict": explain_offers(rows),
        "note": rows[0]["note"] or "",
    }


def explain_offers(ways: list[Row]) -> str:
    """Whether knowing the customer beats offering everybody the same, in a sentence."""
    chosen = next(row for row in ways if row["chosen"])
    if chosen["hit_rate_1"] is None:
        return "Everybody is offered what most customers buy."
    hit = f"{percent(chosen['hit_rate_1'])} of {count(chosen['customers'])} customers bought their first offer"
    if chosen["gain"] is None:
        hint = ""
        if chosen["task"] == "any" and chosen["offered"]:
            hint = " Set offers.new_only in the settings to offer what is new to each customer."
        return f"Nothing beats offering everybody what most customers buy: {hit}.{hint}"
    return (
        f"{hit}, {points(chosen['gain'])} more than of what most customers buy "
        f"({points(chosen['gain_ci_low'])} to {points(chosen['gain_ci_high'])}), so offers are by {chosen['method']}."
    )


def _picture_hits(ways: pl.DataFrame) -> Picture | None:
    if ways.is_empty():
        return None
    marks = ways.select(
        pl.col("method").alias("label"),
        pl.col("hit_rate_1").alias("value"),
        pl.col("hit_rate_1_ci_low").alias("low"),
        pl.col("hit_rate_1_ci_high").alias("high"),
        colour=pl.when("chosen").then(pl.lit(BLUE)).otherwise(pl.lit(GREY)),
        text=pl.col("hit_rate_1").map_elements(percent, return_dtype=pl.String),
    )
    said = "; ".join(f"{row['label']} {row['text']}" for row in marks.iter_rows(named=True))
    return Picture(draw_hits(marks), f"Share of customers who bought their first offer: {said}")


def describe_calls(agents: pl.DataFrame, check: pl.DataFrame, left_out: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The call list by agent, without any customer, and whether its probabilities came true.

    Args:
        agents: rows of sql/report_call_agents.sql.
        check: rows of sql/report_call_check.sql.
        left_out: rows of sql/report_call_exclusions.sql.
    """
    everybody = check.filter(pl.col("bin") == 0, "chosen").to_dicts()
    return {
        "agents": [_describe_agent(row, currency) for row in agents.iter_rows(named=True)],
        "days": agents["days"][0] if agents.height else None,
        "note": (agents["note"][0] or "") if agents.height else "",
        "left_out": "; ".join(f"{row['reason']} {count(row['customers'])}" for row in left_out.to_dicts()),
        "verdict": _explain_check(everybody[0]) if everybody else "",
        "picture": _picture_check(check.filter(pl.col("bin") > 0, "chosen")),
    }


def _describe_agent(row: Row, currency: str) -> dict[str, str | Shown]:
    margin = row["expected_margin"]
    return {
        "name": row["agent"],
        "customers": count(row["customers"]),
        "buyers": about(row["expected_buyers"]),
        "margin": show(margin, rounded_money(currency, margin), reason="an order has no margin"),
    }


def _explain_check(row: Row) -> str:
    if row["expected"] is None:
        return f"The probabilities could not be checked: {row['note']}."
    days = (row["as_of_date"] - row["calibrated_to"]).days
    return (
        f"Shown nothing after {row['calibrated_to']}, {row['method']} expected {percent(row['expected'])} of "
        f"{count(row['customers'])} customers to order in the {days} days since; {percent(row['ordered'])} did "
        f"({percent(row['ordered_ci_low'])} to {percent(row['ordered_ci_high'])})."
    )


def _picture_check(bins: pl.DataFrame) -> Picture | None:
    if bins.is_empty():
        return None
    kinds = (("expected", GREY), ("ordered", BLUE))
    bars = pl.concat(
        bins.select("bin", pl.lit(kind).alias("kind"), pl.col(kind).alias("orders"), pl.lit(colour).alias("colour"))
        for kind, colour in kinds
    ).sort("bin", "kind")
    said = "; ".join(
        f"{row['bin']}: expected {percent(row['expected'])}, ordered {percent(row['ordered'])}"
        for row in bins.iter_rows(named=True)
    )
    svg = draw_calibration(
        bars, unit="Share who ordered", bins="Tenths of the customers, least likely to most", percents=True
    )
    return Picture(svg, f"Expected and actual share of customers who ordered, by tenth: {said}")
