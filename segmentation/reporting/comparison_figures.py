"""What the page shows of campaigns against earlier ones, over time, and of what a planned hold-out can show."""

from typing import Any

import polars as pl

from segmentation.comparison.verdict import tell_verdict
from segmentation.reporting.campaign_charts import draw_split, draw_trend
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, VERMILION, Picture
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words

PREFERRED = ("response", "revenue", "conversion")  # the metric that is shown, if there is an estimate of it
RATES = ("response", "conversion")
MOST_TOLD = 12  # campaigns in the table, the latest
MOST_SPLIT = 10  # campaigns in the picture of mix and rate, the latest
MOST_TRENDS = 6  # pictures over time, of the kinds mailed last
FEWEST_DRAWN = 2
FEWEST_BANDED = 3  # of two campaigns the interval of the mean is as wide as the picture
COLOURS = {"randomised": BLUE, "observational": VERMILION}
COSTS = {
    "cost_per_response": to_say(to_say("Cost per reply")),
    "cost_per_incremental_response": to_say(to_say("Cost per incremental reply")),
}
TITLES = {
    "response": to_say("response"),
    "conversion": to_say("conversion"),
    "revenue": to_say("revenue per head"),
}
NO_COST = to_say("see the table of campaigns")
UNTOLD = "cannot be told: "  # of sentences in the warehouse, before the reason

Row = dict[str, Any]


def describe_comparison(comparison: pl.DataFrame, trend: pl.DataFrame, words: Words) -> dict[str, Any]:
    """Verdicts, the latest campaign first, the split of the raw change, and the trend by kind.

    Args:
        comparison: rows of sql/report_comparison.sql.
        trend: rows of sql/report_trend.sql.
    """
    chosen = [_choose_metric(of) for of in comparison.partition_by("campaign_id", maintain_order=True)]
    latest = chosen[::-1][:MOST_TOLD]
    return {
        "rows": [_tell_pair(row, words) for row in latest],
        "costs": {name: words(label) for name, label in COSTS.items() if any(row[name] is not None for row in latest)},
        "most_told": MOST_TOLD if len(chosen) > MOST_TOLD else None,
        "has_randomised": any(row["design"] == "randomised" for row in latest),
        "split": _picture_split(comparison, words),
        "trends": _describe_trends(trend, words),
    }


def _choose_metric(of_campaign: pl.DataFrame) -> Row:
    """The preferred metric whose uplift can be compared, or else whose raw rates can be."""
    rows = {row["metric"]: row for row in of_campaign.iter_rows(named=True)}
    ordered = [rows[name] for name in PREFERRED if name in rows]
    for figure in ("uplift_change", "rate_change"):
        for row in ordered:
            if row[figure] is not None:
                return row
    return ordered[0]


def _tell_pair(row: Row, words: Words) -> Row:
    reason = words("what the mailed of one of the two did was not counted")
    is_rate = row["metric"] in RATES
    figures = {
        name: words.show(row[name], words.points if is_rate else words.rounded_money(row[name]), reason=reason)
        for name in ("rate_change", "mix_effect", "rate_effect")
    }
    costs = {name: _show_costs(row[f"earlier_{name}"], row[name], words) for name in COSTS}
    why = row["sentence"].partition(UNTOLD)[2].removesuffix(".")
    extra = [part for part in (row["note"] or "").split("; ") if part and part not in row["sentence"]]
    return {
        "campaign_id": row["campaign_id"],
        "name": row["name"],
        "starts_on": words.date(row["starts_on"]),
        "earlier_name": row["earlier_name"],
        "metric": row["metric"],
        "design": row["design"],
        "sentence": tell_verdict(row | {"change_note": why}, words),
        "figures": figures,
        "costs": costs,
        "verdict": words("cannot be told") if row["uplift_change"] is None else words.stored(row["verdict"]),
        "note": "; ".join(map(words.stored, extra)),
    }


def _show_costs(earlier: float | None, now: float | None, words: Words) -> Shown:
    """The cost now, with that of before in small print; a dash where it is not known."""
    if now is None:
        return words.show(None, words.exact_money, reason=words(NO_COST))
    write = words.exact_money
    return Shown(write(now), "" if earlier is None else words("before %(cost)s", cost=write(earlier)))


def _picture_split(comparison: pl.DataFrame, words: Words) -> Picture | None:
    """Mix and rate of the response rate of the latest campaigns; None where no response rate is known of two."""
    rows = comparison.filter(pl.col("metric") == "response", pl.col("rate_change").is_not_null()).tail(MOST_SPLIT)
    if rows.is_empty():
        return None
    parts = rows.reverse().select(
        pl.format("{}  {}", words.dates("starts_on"), "name").alias("label"),
        (100 * pl.col("mix_effect")).alias("mix"),
        (100 * pl.col("rate_effect")).alias("rate"),
        (100 * pl.col("rate_change")).alias("change"),
    )
    told = [
        words(
            "%(campaign)s: %(change)s in all, of which %(mix)s mix and %(rate)s rate",
            campaign=label,
            change=words.signed(change),
            mix=words.signed(mix),
            rate=words.signed(rate),
        )
        for label, mix, rate, change in parts.iter_rows()
    ]
    frame = parts.unpivot(on=["mix", "rate"], index=["label", "change"], variable_name="part").with_columns(
        text=pl.col("value").map_elements(words.signed, return_dtype=pl.String)
    )
    return Picture(draw_split(frame, words), "; ".join(told))


def _describe_trends(trend: pl.DataFrame, words: Words) -> list[dict[str, Any]]:
    """A picture by kind and design, the kind mailed last first."""
    entries = []
    for of_kind in trend.partition_by("kind", "design", maintain_order=True):
        for metric in PREFERRED:
            drawn = of_kind.filter(pl.col("metric") == metric, pl.col("ci_low").is_not_null())
            if drawn.height >= FEWEST_DRAWN:
                entries.append((drawn["starts_on"].max(), _describe_trend(drawn, words)))
                break
    entries.sort(key=lambda entry: (entry[0], entry[1]["title"]), reverse=True)
    return [entry for _, entry in entries[:MOST_TRENDS]]


def _describe_trend(drawn: pl.DataFrame, words: Words) -> dict[str, Any]:
    first = drawn.row(0, named=True)
    is_rate = first["metric"] in RATES
    scale, unit = (100, words("percentage points")) if is_rate else (1, words.per_head())
    estimate, mean = ("uplift", "ci_low", "ci_high"), ("pooled_uplift", "pooled_ci_low", "pooled_ci_high")
    banded = pl.col("pooled_campaigns") >= FEWEST_BANDED
    colour = COLOURS[first["design"]]
    frame = drawn.select(
        pl.col("starts_on").cast(pl.String).alias("date"),
        words.dates("starts_on").alias("written"),
        "name",
        *((scale * pl.col(name)).alias(name) for name in estimate),
        *(pl.when(banded).then(scale * pl.col(name)).alias(name) for name in mean),
        pl.lit(colour).alias("colour"),
        pl.when("provisional").then(pl.lit("white")).otherwise(pl.lit(colour)).alias("fill"),
    )
    told = [
        f"{date} {name}: {words.estimate(value, low, high)}"
        for date, name, value, low, high in frame.select("written", "name", *estimate).iter_rows()
    ]
    channel, gap, kind = first["kind"].partition(", ")
    return {
        "title": f"{words.stored(channel)}{gap}{kind}: {words(TITLES[first['metric']])}",
        "design": words.stored(first["design"]),
        "picture": Picture(draw_trend(frame, words, unit=unit), "; ".join(told)),
        "sentence": _tell_trend(first, scale, unit, words),
    }


def _tell_trend(row: Row, scale: float, unit: str, words: Words) -> str:
    """The mean and the slope in words."""
    if row["pooled_uplift"] is None:
        return words("Too few campaigns have ended for a mean.")
    told = words.plural(
        "Mean of %(number)s campaign: %(mean)s %(unit)s; %(share)s of their spread is more than chance.",
        "Mean of %(number)s campaigns: %(mean)s %(unit)s; %(share)s of their spread is more than chance.",
        row["pooled_campaigns"],
        mean=words.estimate(*(scale * row[name] for name in ("pooled_uplift", "pooled_ci_low", "pooled_ci_high"))),
        unit=unit,
        share=words.percent(row["i2"]),
    )
    return f"{told} {_tell_slope(row, scale, words)}"


def _tell_slope(row: Row, scale: float, words: Words) -> str:
    if row["slope_per_year"] is None:
        return words("Too few for a trend.")
    slope = words.estimate(*(scale * row[name] for name in ("slope_per_year", "slope_ci_low", "slope_ci_high")))
    if row["slope_ci_low"] > 0:
        return words("Uplift rises: %(slope)s a year.", slope=slope)
    if row["slope_ci_high"] < 0:
        return words("Uplift falls: %(slope)s a year.", slope=slope)
    return words("No trend is proven: %(slope)s a year.", slope=slope)


def describe_power(power: pl.DataFrame, words: Words) -> list[dict[str, Any]]:
    """What the hold-out of the plan can show, by cell.

    Args:
        power: rows of sql/plan_power.sql.
    """
    writers = {
        "mailed": words.count,
        "held_out": words.count,
        "base_rate": words.percent,
        "smallest_uplift": words.points,
        "expected_uplift": words.points,
        "power": words.percent,
        "mailed_needed": words.count,
        "held_out_needed": words.count,
    }
    return [
        {
            "cell": words.stored(row["cell"]),
            "figures": {name: words.show(row[name], write, reason=row["note"]) for name, write in writers.items()},
            "note": words.stored(row["note"]),
        }
        for row in power.iter_rows(named=True)
    ]
