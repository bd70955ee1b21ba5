"""Pictures of what mailings brought."""

from typing import Literal

import altair as alt
import polars as pl

from segmentation.reporting.charts import BLUE, GREEN, GREY, INK, NAMES, ORANGE, PALE, Drawing, draw, tell
from segmentation.reporting.words import Words


def draw_forest(estimates: pl.DataFrame, words: Words, *, unit: str) -> Drawing:
    """Estimates with their intervals about the line of no effect.

    Args:
        estimates: one row per estimate in the order to draw: `row` (number), `label`, `value`, `low`, `high`, `text`,
            `colour`, `fill`, `shape`.
        unit: title of the axis.
    """
    base = tell(alt.Chart(estimates).encode(y=alt.Y("row:O", axis=None, title=None)), "label", "text")
    nothing = alt.Chart(estimates.head(1)).mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=alt.datum(0))
    colour = alt.Color("colour:N", scale=None)
    x = alt.X("value:Q", title=unit, axis=alt.Axis(tickCount=5, format=",~f"))
    intervals = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=unit), x2="high:Q", color=colour)
    points = base.mark_point(size=70, strokeWidth=2, opacity=1).encode(
        x=x,
        stroke=alt.Stroke("colour:N", scale=None),
        fill=alt.Fill("fill:N", scale=None),
        shape=alt.Shape("shape:N", scale=None),
    )
    labels = base.mark_text(align="right", x=-8, fontSize=12, limit=215).encode(text="label:N")
    texts = base.mark_text(align="left", x=218, fontSize=11, color=GREY).encode(text="text:N")
    return draw(alt.layer(nothing, intervals, points, labels, texts).properties(width=210, height=alt.Step(23)), words)


def draw_balance(points: pl.DataFrame, words: Words, *, limit: float) -> Drawing:
    """Standardised differences of covariates before and after weighting, about the band that passes (a love plot).

    Args:
        points: one row per covariate in the order to draw, and time: `covariate`, `difference`, `colour`, `fill`.
        limit: half the width of the band.
    """
    order = points["covariate"].unique(maintain_order=True).to_list()
    base = alt.Chart(points).encode(y=alt.Y("covariate:N", sort=order, title=None, axis=NAMES))
    told = tell(base, "covariate", "difference", form="+.2f")
    x = alt.X(
        "difference:Q",
        title=words("standard deviations, mailed less unmailed"),
        axis=alt.Axis(tickCount=6, format=",~f"),
    )
    one = alt.Chart(points.head(1))
    band = one.mark_rect(color=PALE).encode(x=alt.datum(-limit), x2=alt.datum(limit))
    nothing = one.mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=alt.datum(0))
    lines = base.mark_line(color=PALE, strokeWidth=2).encode(x=x, detail="covariate:N")
    marks = told.mark_point(size=70, strokeWidth=2, opacity=1).encode(
        x=x, stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("fill:N", scale=None)
    )
    return draw(alt.layer(band, nothing, lines, marks).properties(width=330, height=alt.Step(24)), words)


def draw_trend(estimates: pl.DataFrame, words: Words, *, unit: str) -> Drawing:
    """Estimates over time with their intervals, about the line of no effect and the band of their mean.

    Args:
        estimates: one row per estimate: `date` (ISO), `written` (the date), `name`, `uplift`, `ci_low`, `ci_high`,
            `colour`, `fill`, and in each row `pooled_uplift`, `pooled_ci_low`, `pooled_ci_high` (NULL without a mean).
        unit: title of the axis.
    """
    y = alt.Y("uplift:Q", title=unit, axis=alt.Axis(tickCount=5, format=",~f"))
    mean = alt.Chart(estimates.filter(pl.col("pooled_uplift").is_not_null()).head(1))
    band = mean.mark_rect(color=PALE).encode(y=alt.Y("pooled_ci_low:Q", title=unit), y2="pooled_ci_high:Q")
    middle = mean.mark_rule(color=GREY, strokeWidth=1.5).encode(y=alt.Y("pooled_uplift:Q", title=unit))
    nothing = alt.Chart(estimates.head(1)).mark_rule(color=GREY, strokeDash=[3, 3]).encode(y=alt.datum(0))
    axis = alt.Axis(format="%b %Y", tickCount=5, labelAngle=0, grid=False, labelOverlap="greedy", labelSeparation=10)
    base = (
        alt.Chart(estimates)
        .encode(x=alt.X("utcdate:T", title=None, axis=axis, scale=alt.Scale(type="utc", padding=14)))
        .transform_calculate(utcdate="utcParse(datum.date, '%Y-%m-%d')", campaign="datum.written + ' ' + datum.name")
    )
    base = tell(base, "campaign", "uplift", "ci_low", "ci_high", form="+,.2~f")
    intervals = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("ci_low:Q", title=unit), y2="ci_high:Q", color=alt.Color("colour:N", scale=None)
    )
    marks = base.mark_point(size=70, strokeWidth=2, opacity=1).encode(
        y=y, stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("fill:N", scale=None)
    )
    chart = alt.layer(band, middle, nothing, intervals, marks).properties(width=420, height=190)
    return draw(chart, words, zooms=True)


def draw_split(parts: pl.DataFrame, words: Words) -> Drawing:
    """The change of a rate in its two parts, by campaign.

    Args:
        parts: one row per campaign in the order to draw and part: `label`, `part` (mix or rate), `value` (percentage
            points), `text`.
    """
    order = parts["label"].unique(maintain_order=True).to_list()
    frame = parts.with_columns(colour=pl.when(pl.col("part") == "mix").then(pl.lit(ORANGE)).otherwise(pl.lit(BLUE)))
    base = alt.Chart(frame).encode(
        x=alt.X(
            "value:Q",
            title=words("percentage points"),
            axis=alt.Axis(tickCount=5, format=",~f"),
            scale=alt.Scale(padding=46),
        ),
        y=alt.Y("label:N", sort=order, title=None, axis=NAMES, scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("part:N", sort=["mix", "rate"]),
    )
    bars = tell(base, "label", "text").mark_bar().encode(color=alt.Color("colour:N", scale=None))
    below = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-4, fontSize=11)
    above = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=4, fontSize=11)
    texts = (below.encode(text="text:N"), above.encode(text="text:N"))
    return draw(alt.layer(bars, *texts).properties(width=330, height=alt.Step(14)), words)


def draw_payback(months: pl.DataFrame, words: Words, *, unit: str, colour: str) -> Drawing:
    """What is left of all months to each month, with its interval as a band, and the month of payback.

    Args:
        months: one row per month in the order to draw: `month` (text), `value`, `low`, `high`, `is_payback`.
        unit: title of the axis of money.
        colour: of the line; the band is pale.
    """
    base = alt.Chart(months).encode(
        x=alt.X(
            "month:O",
            title=None,
            sort=months["month"].to_list(),
            axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelSeparation=8),
            scale=alt.Scale(type="point", padding=0.5),
        )
    )
    axis = alt.Axis(tickCount=6, format="~s")
    band = base.mark_area(color=PALE).encode(y=alt.Y("low:Q", title=unit, axis=axis), y2="high:Q")
    nothing = alt.Chart(months.head(1)).mark_rule(color=GREY, strokeDash=[3, 3]).encode(y=alt.datum(0))
    y = alt.Y("value:Q", title=unit, axis=axis)
    line = base.mark_line(color=colour).encode(y=y)
    marks = tell(base, "month", "value", "low", "high", form=",.0f").mark_point(size=30, color=colour, filled=True)
    paid = base.transform_filter("datum.is_payback")
    rule = paid.mark_rule(color=GREEN, strokeWidth=2)
    is_late = months["is_payback"].tail(months.height // 2).any()
    side: Literal["left", "right"] = "right" if is_late else "left"
    text = paid.mark_text(align=side, dx=-5 if is_late else 5, y=8, fontSize=12, color=INK).encode(
        text=alt.datum(words("paid back, by the estimate"))
    )
    return draw(alt.layer(band, nothing, rule, line, marks.encode(y=y), text).properties(width=640, height=220), words)
