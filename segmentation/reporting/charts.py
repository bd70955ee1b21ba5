"""Pictures of the report: one pure function each, from a frame to SVG text.

Colours are those of Okabe and Ito (2008), told apart by colour-blind readers. Texts stay dark on every fill. No picture
clips or fades, so that no SVG has ids: many can stand in one page, and the same frame gives the same text.
"""

from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import polars as pl
import vl_convert

INK, GREY, PALE = "#1f2933", "#52606d", "#e4e7eb"
BLUE, SKY, ORANGE, VERMILION, GREEN = "#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#009e73"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LINES = "\n"
WIDEST = 2.0  # standard deviations at which the colour of a heat map is full
LOWEST_INDEX, HIGHEST_INDEX = 50, 200  # at which the colour of a heat map is full
TILE: dict[str, Any] = {"stroke": "white", "strokeWidth": 2}
CELL_WIDTH, CELL_HEIGHT = 89, 84  # of the map of scores
BANDS = alt.Axis(
    labelExpr="split(datum.label, '\\n')", labelAngle=0, labelLimit=320, domain=False, ticks=False, labelPadding=6
)
NAMES = alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=200, grid=False)


@dataclass(frozen=True)
class Picture:
    """A picture and its content in words, for those who cannot see it."""

    svg: str
    alt: str


def draw_rfm_grid(cells: pl.DataFrame) -> str:
    """The map of recency by frequency; darker is more spend per customer.

    Args:
        cells: one row per pair of scores, best last: `recency` and `frequency` (axis labels; that of recency may have
            two lines), `mean_spend` (NULL without customers), `customers_text`, `segments` and `spend_text`.
    """
    recency, frequency = (cells[name].unique(maintain_order=True).to_list() for name in ("recency", "frequency"))
    base = alt.Chart(cells).encode(
        x=alt.X(
            "recency:N",
            sort=recency,
            title="Recency score: days since the last order",
            axis=BANDS,
        ),
        y=alt.Y("frequency:N", sort=frequency[::-1], title="Frequency score: orders", axis=BANDS),
    )
    colour = alt.Color("mean_spend:Q", legend=None, scale=alt.Scale(type="sqrt", range=["#eaf4fb", "#5fb1e3"]))
    return _svg(
        alt.layer(
            base.mark_rect(**TILE, color="#f5f7fa"),
            base.mark_rect(**TILE).encode(color=colour),
            _cell_text(base, "customers_text", dy=-26, size=14, weight="bold"),
            _cell_text(base, "segments", dy=-9, size=11, limit=CELL_WIDTH - 4),
            _cell_text(base, "spend_text", dy=30, size=11),
        ).properties(width=alt.Step(CELL_WIDTH), height=alt.Step(CELL_HEIGHT))
    )


def draw_segment_bars(segments: pl.DataFrame) -> str:
    """Share of customers beside share of spend, by segment.

    Args:
        segments: one row per segment in the order to draw and kind of `share`: `segment`, `kind`, `share` (0-1),
            `share_text`, `colour`.
    """
    order = segments["segment"].unique(maintain_order=True).to_list()
    base = alt.Chart(segments).encode(
        x=alt.X("share:Q", title=None, axis=None, scale=alt.Scale(domainMin=0)),
        y=alt.Y("segment:N", sort=order, title=None, axis=NAMES, scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("kind:N", sort=segments["kind"].unique(maintain_order=True).to_list()),
    )
    bars = base.mark_bar().encode(color=alt.Color("colour:N", scale=None))
    texts = base.mark_text(align="left", dx=4, fontSize=11).encode(text="share_text:N")
    return _svg(alt.layer(bars, texts).properties(width=250, height=alt.Step(15)))


def draw_migration(flows: pl.DataFrame) -> str:
    """Where the customers of each segment went; the darker, the larger the share of the segment they came from.

    Args:
        flows: one row per pair of segments in the order to draw: `from_label`, `to_label` (the latter may have several
            lines), `share` (0-1, NULL where nobody went), `share_text`, `customers_text`, `stayed`.
    """
    earlier, later = (flows[name].unique(maintain_order=True).to_list() for name in ("from_label", "to_label"))
    base = alt.Chart(flows).encode(
        x=alt.X("to_label:N", sort=later, title=None, axis=BANDS),
        y=alt.Y("from_label:N", sort=earlier, title=None, axis=BANDS),
    )
    scale = alt.Scale(type="sqrt", domain=[0, 1], range=["#f5f9fc", "#5fb1e3"])
    colour = alt.Color("share:Q", legend=None, scale=scale)
    return _svg(
        alt.layer(
            base.mark_rect(**TILE, color="#f5f7fa"),
            base.mark_rect(**TILE).encode(color=colour),
            base.transform_filter("datum.stayed").mark_rect(filled=False, stroke=GREY, strokeWidth=1.5),
            _cell_text(base, "share_text", dy=-7, size=12),
            _cell_text(base, "customers_text", dy=9, size=10),
        ).properties(width=alt.Step(70), height=alt.Step(40))
    )


def draw_cluster_heatmap(profiles: pl.DataFrame) -> str:
    """Clusters by features: blue above the overall mean, orange below, the mean as text.

    Args:
        profiles: one row per cluster and feature in the order to draw: `cluster`, `feature` (labels; that of a feature
            may have several lines), `difference` (in standard deviations; NULL where all are alike), `mean_text`.
    """
    clusters, features = (profiles[name].unique(maintain_order=True).to_list() for name in ("cluster", "feature"))
    base = alt.Chart(profiles).encode(
        x=alt.X("feature:N", sort=features, title=None, axis=BANDS),
        y=alt.Y("cluster:N", sort=clusters, title=None, axis=BANDS),
    )
    scale = alt.Scale(domain=[-WIDEST, 0, WIDEST], range=[ORANGE, "#fbfbfb", SKY], clamp=True)
    colour = alt.Color("difference:Q", scale=scale, legend=None)
    alike, different = base.mark_rect(**TILE, color=PALE), base.mark_rect(**TILE).encode(color=colour)
    texts = _cell_text(base, "mean_text", size=12)
    return _svg(alt.layer(alike, different, texts).properties(width=alt.Step(90), height=alt.Step(36)))


def draw_attribute_heatmap(cells: pl.DataFrame) -> str:
    """Segments by values of attributes: blue above all customers, orange below, white where it may be chance.

    Args:
        cells: one row per segment and value in the order to draw: `segment`, `value` (labels; that of a value may have
            several lines), `index` (100 is as all, NULL where not known), `standing` (NULL where it may be chance),
            `text`.
    """
    segments, values = (cells[name].unique(maintain_order=True).to_list() for name in ("segment", "value"))
    base = alt.Chart(cells.with_columns(pl.col("index").clip(LOWEST_INDEX))).encode(
        x=alt.X("value:N", sort=values, title=None, axis=BANDS),
        y=alt.Y("segment:N", sort=segments, title=None, axis=BANDS),
    )
    scale = alt.Scale(type="log", domain=[LOWEST_INDEX, 100, HIGHEST_INDEX], range=[ORANGE, "#fbfbfb", SKY], clamp=True)
    colour = alt.Color("index:Q", scale=scale, legend=None)
    stands_out = base.transform_filter("datum.standing != null").mark_rect(**TILE).encode(color=colour)
    texts = base.mark_text(fontSize=12, baseline="middle").encode(
        text="text:N",
        color=alt.condition("datum.standing != null", alt.value(INK), alt.value(GREY)),
    )
    tiles = base.mark_rect(**TILE, color="#f5f7fa")
    return _svg(alt.layer(tiles, stands_out, texts).properties(width=alt.Step(82), height=alt.Step(30)))


def draw_cluster_choice(measures: pl.DataFrame) -> str:
    """Quality by number of clusters; the chosen number is marked.

    Args:
        measures: one row per `k` and measure: `value`, `chosen`, `colour`.
    """
    chosen = alt.Chart(measures.filter("chosen").head(1)).mark_rule(color=PALE, strokeWidth=18).encode(x="k:O")
    base = alt.Chart(measures).encode(
        x=alt.X("k:O", title="Number of clusters", axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5)),
        color=alt.Color("colour:N", scale=None),
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=45, filled=True))
    return _svg(alt.layer(chosen, lines).properties(width=330, height=170))


def draw_calibration(
    bars: pl.DataFrame,
    *,
    unit: str = "Days with an order per customer",
    bins: str = "Tenths of the customers, fewest orders expected to most",
    percents: bool = False,
) -> str:
    """What was expected beside what came, by bin of customers.

    Args:
        bars: one row per bin in the order to draw and kind of `orders`: `bin` (number), `kind`, `orders` (per
            customer), `colour`.
        unit, bins: titles of the axes.
        percents: write rates of 0-1 as percentages.
    """
    axis = alt.Axis(tickCount=5, format="%") if percents else alt.Axis(tickCount=5)
    chart = (
        alt.Chart(bars)
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
    return _svg(alt.layer(chart).properties(width=400, height=190))


def draw_payback(months: pl.DataFrame, *, unit: str, colour: str) -> str:
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
    line = base.mark_line(color=colour, point=alt.OverlayMarkDef(size=30, color=colour)).encode(
        y=alt.Y("value:Q", title=unit, axis=axis)
    )
    paid = base.transform_filter("datum.is_payback")
    rule = paid.mark_rule(color=GREEN, strokeWidth=2)
    is_late = months["is_payback"].tail(months.height // 2).any()
    side: Literal["left", "right"] = "right" if is_late else "left"
    text = paid.mark_text(align=side, dx=-5 if is_late else 5, y=8, fontSize=12, color=INK).encode(
        text=alt.datum("paid back, by the estimate")
    )
    return _svg(alt.layer(band, nothing, rule, line, text).properties(width=640, height=220))


def draw_profit_curve(points: pl.DataFrame, *, size: str, unit: str) -> str:
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
    layers: list[alt.Chart] = [band, nothing, line]
    for mark, label, colour, dy in (
        ("is_break_even", "break-even: the most", GREEN, -10),
        ("is_plan", "this plan", VERMILION, 16),
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
    return _svg(alt.layer(*layers).properties(width=640, height=240))


def draw_waterfall(steps: pl.DataFrame) -> str:
    """From all customers to the mailed, step by step.

    Args:
        steps: one row per bar in the order to draw: `step`, `start`, `end`, `right` (customers; `right` is the higher
            of the two), `text`, `colour`.
    """
    y = alt.Y("step:N", sort=steps["step"].to_list(), title=None, axis=NAMES)
    base = alt.Chart(steps).encode(y=y)
    bars = base.mark_bar(height=18).encode(
        x=alt.X("start:Q", title="Customers", axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1)),
        x2="end:Q",
        color=alt.Color("colour:N", scale=None),
    )
    edges = (
        base.transform_filter("datum.start >= datum.end")
        .mark_tick(color=GREY, thickness=1.5, height=24)
        .encode(x="end:Q")
    )
    texts = base.mark_text(align="left", dx=6, fontSize=12).encode(x="right:Q", text="text:N")
    return _svg(alt.layer(bars, edges, texts).properties(width=280, height=alt.Step(28)))


def draw_selection(selected: pl.DataFrame) -> str:
    """Customers selected by segment and arm.

    Args:
        selected: one row per segment in the order to draw: `segment`, `mailed`, `total`, `text`.
    """
    base = alt.Chart(selected).encode(y=alt.Y("segment:N", sort=selected["segment"].to_list(), title=None, axis=NAMES))
    x = alt.X("mailed:Q", title="Customers", axis=alt.Axis(tickCount=5, format=",d", tickMinStep=1))
    mailed = base.mark_bar(height=18, color=BLUE).encode(x=x)
    held_out = base.mark_bar(height=18, color=ORANGE).encode(x=x, x2="total:Q")
    texts = base.mark_text(align="left", dx=6, fontSize=12).encode(x="total:Q", text="text:N")
    return _svg(alt.layer(mailed, held_out, texts).properties(width=230, height=alt.Step(28)))


def draw_forest(estimates: pl.DataFrame, *, unit: str) -> str:
    """Estimates with their intervals about the line of no effect.

    Args:
        estimates: one row per estimate in the order to draw: `row` (number), `label`, `value`, `low`, `high`, `text`,
            `colour`, `fill`, `shape`.
        unit: title of the axis.
    """
    base = alt.Chart(estimates).encode(y=alt.Y("row:O", axis=None, title=None))
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
    return _svg(alt.layer(nothing, intervals, points, labels, texts).properties(width=210, height=alt.Step(23)))


def draw_balance(points: pl.DataFrame, *, limit: float) -> str:
    """Standardised differences of covariates before and after weighting, about the band that passes (a love plot).

    Args:
        points: one row per covariate in the order to draw, and time: `covariate`, `difference`, `colour`, `fill`.
        limit: half the width of the band.
    """
    order = points["covariate"].unique(maintain_order=True).to_list()
    base = alt.Chart(points).encode(y=alt.Y("covariate:N", sort=order, title=None, axis=NAMES))
    x = alt.X(
        "difference:Q", title="standard deviations, mailed less unmailed", axis=alt.Axis(tickCount=6, format=",~f")
    )
    one = alt.Chart(points.head(1))
    band = one.mark_rect(color=PALE).encode(x=alt.datum(-limit), x2=alt.datum(limit))
    nothing = one.mark_rule(color=GREY, strokeDash=[3, 3]).encode(x=alt.datum(0))
    lines = base.mark_line(color=PALE, strokeWidth=2).encode(x=x, detail="covariate:N")
    marks = base.mark_point(size=70, strokeWidth=2, opacity=1).encode(
        x=x, stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("fill:N", scale=None)
    )
    return _svg(alt.layer(band, nothing, lines, marks).properties(width=330, height=alt.Step(24)))


def draw_trend(estimates: pl.DataFrame, *, unit: str) -> str:
    """Estimates over time with their intervals, about the line of no effect and the band of their mean.

    Args:
        estimates: one row per estimate: `date` (ISO), `uplift`, `ci_low`, `ci_high`, `colour`, `fill`, and in each row
            `pooled_uplift`, `pooled_ci_low`, `pooled_ci_high` (NULL without a mean).
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
        .transform_calculate(utcdate="utcParse(datum.date, '%Y-%m-%d')")
    )
    intervals = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("ci_low:Q", title=unit), y2="ci_high:Q", color=alt.Color("colour:N", scale=None)
    )
    marks = base.mark_point(size=70, strokeWidth=2, opacity=1).encode(
        y=y, stroke=alt.Stroke("colour:N", scale=None), fill=alt.Fill("fill:N", scale=None)
    )
    return _svg(alt.layer(band, middle, nothing, intervals, marks).properties(width=420, height=190))


def draw_split(parts: pl.DataFrame) -> str:
    """The change of a rate in its two parts, by campaign.

    Args:
        parts: one row per campaign in the order to draw and part: `label`, `part` (mix or rate), `value` (percentage
            points), `text`.
    """
    order = parts["label"].unique(maintain_order=True).to_list()
    frame = parts.with_columns(colour=pl.when(pl.col("part") == "mix").then(pl.lit(ORANGE)).otherwise(pl.lit(BLUE)))
    base = alt.Chart(frame).encode(
        x=alt.X(
            "value:Q", title="percentage points", axis=alt.Axis(tickCount=5, format=",~f"), scale=alt.Scale(padding=46)
        ),
        y=alt.Y("label:N", sort=order, title=None, axis=NAMES, scale=alt.Scale(paddingInner=0.3)),
        yOffset=alt.YOffset("part:N", sort=["mix", "rate"]),
    )
    bars = base.mark_bar().encode(color=alt.Color("colour:N", scale=None))
    below = base.transform_filter("datum.value < 0").mark_text(align="right", dx=-4, fontSize=11)
    above = base.transform_filter("datum.value >= 0").mark_text(align="left", dx=4, fontSize=11)
    texts = (below.encode(text="text:N"), above.encode(text="text:N"))
    return _svg(alt.layer(bars, *texts).properties(width=330, height=alt.Step(14)))


def draw_hits(marks: pl.DataFrame) -> str:
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
    points = base.mark_point(size=70, filled=True, opacity=1).encode(x="value:Q")
    texts = base.mark_text(dy=-10, fontSize=11).encode(x="value:Q", text="text:N")
    return _svg(alt.layer(intervals, points, texts).properties(width=230, height=alt.Step(34)))


def draw_weeks(weeks: pl.DataFrame, *, unit: str) -> str:
    """What came by week and what is foreseen, with its band.

    Args:
        weeks: one row per kind and week: `kind`, `date` (ISO), `value`, `low`, `high` (NULL without a band), `colour`.
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
    lines = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(size=26)).encode(
        y=alt.Y("value:Q", title=unit, axis=money),
        color=alt.Color("colour:N", scale=None),
        detail="kind:N",
    )
    return _svg(alt.layer(band, lines).properties(width=640, height=220))


def _cell_text(
    base: alt.Chart,
    field: str,
    *,
    size: float,
    dy: float = 0,
    weight: Literal["normal", "bold"] = "normal",
    limit: float = 0,
) -> alt.Chart:
    text = base.mark_text(
        lineBreak=LINES, dy=dy, fontSize=size, fontWeight=weight, color=INK, baseline="middle", limit=limit
    )
    written: alt.Chart = text.encode(text=f"{field}:N")
    return written


def _svg(chart: alt.LayerChart | alt.FacetChart) -> str:
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": GREY,
    }
    dressed = chart.configure(font=FONT, background="transparent", aria=False).configure_view(stroke=None)
    specification = dressed.configure_axis(**axis, gridColor=PALE, domainColor=PALE, tickColor=PALE).to_dict()
    return vl_convert.vegalite_to_svg(specification)


def draw(chart: alt.LayerChart | alt.FacetChart) -> str:
    """SVG text of a picture in the dress of the page."""
    return _svg(chart)
