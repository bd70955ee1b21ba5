"""What the page shows of best offers and of the call list."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.foresight_charts import draw_calibration, draw_hits
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words

Row = dict[str, Any]

TASKS = {"any": to_say("What they buy next"), "new": to_say("What they try for the first time")}
MOST_CATEGORIES = 5


def describe_offers(models: pl.DataFrame, first_offers: pl.DataFrame, words: Words) -> dict[str, Any]:
    """How offers are found, whether that beats popularity, and what is offered most.

    Args:
        models: rows of sql/report_offer_models.sql.
        first_offers: rows of sql/report_first_offers.sql.
    """
    return {
        "tasks": [
            _describe_task(task, models.filter(pl.col("task") == task), words) for task in TASKS if models.height
        ],
        "most": _name_most(first_offers, words) if first_offers.height else "",
    }


def _name_most(first_offers: pl.DataFrame, words: Words) -> str:
    named = ", ".join(
        f"{row['category']} ({words.percent(row['share'])})"
        for row in first_offers.head(MOST_CATEGORIES).iter_rows(named=True)
    )
    others = first_offers.height - MOST_CATEGORIES
    if others <= 0:
        return words("Most often first: %(categories)s.", categories=named)
    return words.plural(
        "Most often first: %(categories)s and %(number)s more.",
        "Most often first: %(categories)s and %(number)s more.",
        others,
        categories=named,
    )


def _describe_task(task: str, ways: pl.DataFrame, words: Words) -> dict[str, Any]:
    rows = ways.to_dicts()
    return {
        "title": words(TASKS[task]),
        "is_offered": rows[0]["offered"],
        "picture": _picture_hits(ways.filter(pl.col("hit_rate_1").is_not_null()), words),
        "verdict": explain_offers(rows, words),
        "note": words.stored(rows[0]["note"]),
    }


def explain_offers(ways: list[Row], words: Words) -> str:
    """Whether knowing the customer beats offering everybody the same, in a sentence."""
    chosen = next(row for row in ways if row["chosen"])
    if chosen["hit_rate_1"] is None:
        return words("Everybody is offered what most customers buy.")
    hit = {"share": words.percent(chosen["hit_rate_1"]), "customers": words.count(chosen["customers"])}
    if chosen["gain"] is None:
        told = words(
            "Nothing beats offering everybody what most customers buy: %(share)s of %(customers)s customers bought "
            "their first offer.",
            **hit,
        )
        is_dull = chosen["task"] == "any" and chosen["offered"]
        hint = words("Set offers.new_only in the settings to offer what is new to each customer.")
        return f"{told} {hint}" if is_dull else told
    return words(
        "%(share)s of %(customers)s customers bought their first offer, %(gain)s more than of what most customers buy "
        "(%(low)s to %(high)s), so offers are by %(method)s.",
        **hit,
        gain=words.points(chosen["gain"]),
        low=words.points(chosen["gain_ci_low"]),
        high=words.points(chosen["gain_ci_high"]),
        method=words.stored(chosen["method"]),
    )


def _picture_hits(ways: pl.DataFrame, words: Words) -> Picture | None:
    if ways.is_empty():
        return None
    marks = ways.select(
        pl.col("method").map_elements(words.stored, return_dtype=pl.String).alias("label"),
        pl.col("hit_rate_1").alias("value"),
        pl.col("hit_rate_1_ci_low").alias("low"),
        pl.col("hit_rate_1_ci_high").alias("high"),
        colour=pl.when("chosen").then(pl.lit(BLUE)).otherwise(pl.lit(GREY)),
        text=pl.col("hit_rate_1").map_elements(words.percent, return_dtype=pl.String),
    )
    told = "; ".join(f"{row['label']} {row['text']}" for row in marks.iter_rows(named=True))
    return Picture(
        draw_hits(marks, words), words("Share of customers who bought their first offer: %(told)s", told=told)
    )


def describe_calls(agents: pl.DataFrame, check: pl.DataFrame, left_out: pl.DataFrame, words: Words) -> dict[str, Any]:
    """The call list by agent, without any customer, and whether its probabilities came true.

    Args:
        agents: rows of sql/report_call_agents.sql.
        check: rows of sql/report_call_check.sql.
        left_out: rows of sql/report_call_exclusions.sql.
    """
    everybody = check.filter(pl.col("bin") == 0, "chosen").to_dicts()
    return {
        "agents": [_describe_agent(row, words) for row in agents.iter_rows(named=True)],
        "days": agents["days"][0] if agents.height else None,
        "note": words.stored(agents["note"][0]) if agents.height else "",
        "left_out": "; ".join(
            f"{words.stored(row['reason'])} {words.count(row['customers'])}" for row in left_out.to_dicts()
        ),
        "verdict": _explain_check(everybody[0], words) if everybody else "",
        "picture": _picture_check(check.filter(pl.col("bin") > 0, "chosen"), words),
    }


def _describe_agent(row: Row, words: Words) -> dict[str, str | Shown]:
    margin = row["expected_margin"]
    return {
        "name": row["agent"],
        "customers": words.count(row["customers"]),
        "buyers": words.about(row["expected_buyers"]),
        "margin": words.show(margin, words.rounded_money(margin), reason=words("an order has no margin")),
    }


def _explain_check(row: Row, words: Words) -> str:
    if row["expected"] is None:
        return words("The probabilities could not be checked: %(why)s.", why=words.stored(row["note"]))
    return words.plural(
        "Shown nothing after %(date)s, %(method)s expected %(expected)s of %(customers)s customers to order in the "
        "%(number)s day since; %(ordered)s did (%(low)s to %(high)s).",
        "Shown nothing after %(date)s, %(method)s expected %(expected)s of %(customers)s customers to order in the "
        "%(number)s days since; %(ordered)s did (%(low)s to %(high)s).",
        (row["as_of_date"] - row["calibrated_to"]).days,
        date=words.date(row["calibrated_to"]),
        method=words.stored(row["method"]),
        customers=words.count(row["customers"]),
        expected=words.percent(row["expected"]),
        ordered=words.percent(row["ordered"]),
        low=words.percent(row["ordered_ci_low"]),
        high=words.percent(row["ordered_ci_high"]),
    )


def _picture_check(bins: pl.DataFrame, words: Words) -> Picture | None:
    if bins.is_empty():
        return None
    kinds = ((to_say("expected"), GREY), (to_say("ordered"), BLUE))
    bars = pl.concat(
        bins.select(
            "bin", pl.lit(words(kind)).alias("kind"), pl.col(kind).alias("orders"), pl.lit(colour).alias("colour")
        )
        for kind, colour in kinds
    ).sort("bin", maintain_order=True)
    told = "; ".join(
        words(
            "%(bin)s: expected %(expected)s, ordered %(ordered)s",
            bin=row["bin"],
            expected=words.percent(row["expected"]),
            ordered=words.percent(row["ordered"]),
        )
        for row in bins.iter_rows(named=True)
    )
    svg = draw_calibration(
        bars,
        words,
        unit=words("Share who ordered"),
        bins=words("Tenths of the customers, least likely to most"),
        percents=True,
    )
    alt = words("Expected and actual share of customers who ordered, by tenth: %(told)s", told=told)
    return Picture(svg, alt)
