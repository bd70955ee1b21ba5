"""Pictures of what is expected, beside what came."""

import altair as alt
import polars as pl

from segmentation.reporting.charts import NAMES, Drawing, draw, tell
from segmentation.reporting.words import Words


def draw_calibration(
    bars: pl.DataFrame,
    words: Words,
    *,
    unit: str,
    bins: str,
    percents: bool = False,
) -> Drawing:
    """What was expected beside what came, by bin of customers.

    Args:
        bars: one row per bin in the order to draw and kind of `orders`: `bin` (number), `kind`, `orders` (per
            customer), `colour`.
        unit, bins: titles of the axes.
        percents: write rates of 0-1 as percentages.
    """
    axis = alt.Axis(tickCount=5, format="%") if percents else alt.Axis(tickCount=5)
    form = ".1%" if percents else ",.3~f"
    chart = (
        tell(alt.Chart(bars), "kind", "orders", form=form)
        .mark_bar()
        .encode(
            x=alt.X(
                "bin:O",
                title=bins,
                axis=alt.Axis(labelAngle=0),
                scale=alt.Scale(paddingInner=0.25),
            ),
            xOffset=alt.XOffset("kind:N", sort=bars["kind"].unique(maintain_order=True).to_list()),
            y=alt.Y("orders:Q", title=unit, axis=axis),
            color=alt.Color("colour:N", scale=None),
        )
    )
    return draw(alt.layer(chart).properties(width=400, height=190), words)


def draw_hits(marks: pl.DataFrame, words: Words) -> Drawing:
    """Rates with their intervals, one below the other.

    Args:
        marks: one row per way in the order to draw: `label`, `value`, `low`, `high` (0-1), `text`, `colour`.
    """
    base = alt.Chart(marks).encode(
        y=alt.Y("label:N", sort=marks["label"].to_list(), title=None, axis=NAMES),
        color=alt.Color("colour:N", scale=None),
    )
    axis = alt.Axis(tickCount=4, format="%")
    scale = alt.Scale(zero=False, padding=12)
    intervals = base.mark_rule(strokeWidth=2).encode(x=alt.X("low:Q", title=None, axis=axis, scale=scale), x2="high:Q")
    told = tell(base, "label", "value", "low", "high", form=".1%")
    points = told.mark_point(size=70, filled=True, opacity=1).encode(x="value:Q")
    texts = base.mark_text(dy=-10, fontSize=11).encode(x="value:Q", text="text:N")
    return draw(alt.layer(intervals, points, texts).properties(width=230, height=alt.Step(34)), words)


def draw_weeks(weeks: pl.DataFrame, words: Words, *, unit: str) -> Drawing:
    """What came by week and what is foreseen, with its band.

    Args:
        weeks: one row per kind and week: `kind`, `date` (ISO), `written` (the date), `value`, `low`, `high` (NULL
            without a band), `colour`.
        unit: title of the axis.
    """
    axis = alt.Axis(format="%e %b", tickCount=8, labelAngle=0, grid=False, labelOverlap="greedy", labelSeparation=10)
    money = alt.Axis(tickCount=5, format="~s")
    base = (
        alt.Chart(weeks)
        .encode(x=alt.X("utcdate:T", title=None, axis=axis, scale=alt.Scale(type="utc")))
        .transform_calculate(utcdate="utcParse(datum.date, '%Y-%m-%d')")
    )
    band = (
        base.transform_filter("datum.low != null")
        .mark_area(color="#cfe3f1")
        .encode(y=alt.Y("low:Q", title=unit, axis=money), y2="high:Q")
    )
    lines = base.encode(
        y=alt.Y("value:Q", title=unit, axis=money),
        color=alt.Color("colour:N", scale=None),
        detail="kind:N",
    )
    marks = tell(lines, "written", "value", "low", "high", form=",.0f").mark_point(size=26, filled=True, opacity=1)
    chart = alt.layer(band, lines.mark_line(strokeWidth=2), marks).properties(width=640, height=220)
    return draw(chart, words, zooms=True)
