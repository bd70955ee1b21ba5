"""Pictures of the next mailing."""

from typing import Literal

import altair as alt
import polars as pl

from segmentation.reporting.charts import (
    BLUE,
    GREEN,
    GREY,
    INK,
    NAMES,
    ORANGE,
    PALE,
    UNSEEN,
    VERMILION,
    Drawing,
    draw,
    tell,
)
from segmentation.reporting.words import Words


def draw_profit_curve(points: pl.DataFrame, words: Words, *, size: str, unit: str) -> Drawing:
    """Expected profit by size of the mailing, with its interval as a band; the plan's point, and where it is most.

    Args:
        points: one row per size, in order: `size`, `profit`, `low`, `high` (NULL without interval),
            `is_plan`, `is_break_even`.
        size: what sizes are: pieces or money.
        unit: title of the axis of profit.
    """
    base = alt.Chart(points).encode(
        x=alt.X("size:Q", title=size, axis=alt.Axis(tickCount=6, format=",d", tickMinStep=1, grid=False))
    )
    axis = alt.Axis(tickCount=6, format="~s")
    band = (
        base.transform_filter("datum.low != null")
        .mark_area(color=PALE)
        .encode(y=alt.Y("low:Q", title=unit, axis=axis), y2="high:Q")
    )
    nothing = alt.Chart(points.head(1)).mark_rule(color=GREY, strokeDash=[3, 3]).encode(y=alt.datum(0))
    line = base.mark_line(color=BLUE).encode(y=alt.Y("profit:Q", title=unit, axis=axis))
    told = base.transform_calculate(pieces="format(datum.size, ',.0f')")
    told = tell(told, "pieces", "profit", "low", "high", form=",.0f").mark_rule(**UNSEEN)
    layers: list[alt.Chart] = [band, nothing, line, told]
    for mark, label, colour, dy in (
        ("is_break_even", words("break-even: the most"), GREEN, -10),
        ("is_plan", words("this plan"), VERMILION, 16),
    ):
        marked = base.transform_filter(f"datum.{mark}").encode(y=alt.Y("profit:Q", title=unit, axis=axis))
        is_late = points.filter(pl.col("size") > 0.75 * pl.col("size").max())[mark].any()
        align: Literal["left", "right"] = "right" if is_late else "left"
        layers.append(marked.mark_point(color=colour, size=70, filled=True, opacity=1))
        layers.append(
            marked.mark_text(align=align, dx=-6 if align == "right" else 6, dy=dy, fontSize=12, color=INK).encode(
                text=alt.datum(label)
            )
        )
    return draw(alt.layer(*layers).properties(width=640, height=240), words, zooms=True)


def draw_waterfall(steps: pl.DataFrame, words: Words) -> Drawing:
    """From all customers to the mailed, step by step.

    Args:
        steps: one row per bar in the order to draw: `step`, `start`, `end`, `right` (customers; `right` is the higher
            of the two), `text`, `colour`.
    """
    y = alt.Y("step:N", sort=steps["step"].to_list(), title=None, axis=NAMES)
    base = alt.Chart(steps).encode(y=y)
    bars = (
        tell(base, "step", "text")
        .mark_bar(height=18)
        .encode(
            x=alt.X("start:Q", title=words("Customers"), axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1)),
            x2="end:Q",
            color=alt.Color("colour:N", scale=None),
        )
    )
    edges = (
        base.transform_filter("datum.start >= datum.end")
        .mark_tick(color=GREY, thickness=1.5, height=24)
        .encode(x="end:Q")
    )
    texts = base.mark_text(align="left", dx=6, fontSize=12).encode(x="right:Q", text="text:N")
    return draw(alt.layer(bars, edges, texts).properties(width=280, height=alt.Step(28)), words)


def draw_selection(selected: pl.DataFrame, words: Words) -> Drawing:
    """Customers selected by segment and arm.

    Args:
        selected: one row per segment in the order to draw: `segment`, `mailed`, `total`, `text`.
    """
    base = alt.Chart(selected).encode(y=alt.Y("segment:N", sort=selected["segment"].to_list(), title=None, axis=NAMES))
    x = alt.X("mailed:Q", title=words("Customers"), axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1))
    told = tell(base, "segment", "text")
    mailed = told.mark_bar(height=18, color=BLUE).encode(x=x)
    held_out = told.mark_bar(height=18, color=ORANGE).encode(x=x, x2="total:Q")
    texts = base.mark_text(align="left", dx=6, fontSize=12).encode(x="total:Q", text="text:N")
    return draw(alt.layer(mailed, held_out, texts).properties(width=230, height=alt.Step(28)), words)
