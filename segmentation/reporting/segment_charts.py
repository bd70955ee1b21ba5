"""Pictures of segments, clusters and attributes."""

from typing import Any

import altair as alt
import polars as pl

from segmentation.reporting.charts import BANDS, GREY, INK, NAMES, ORANGE, PALE, SKY, Drawing, cell_text, draw, tell
from segmentation.reporting.words import Words

WIDEST = 2.0  # standard deviations at which the colour of a heat map is full
LOWEST_INDEX, HIGHEST_INDEX = 50, 200  # at which the colour of a heat map is full
TILE: dict[str, Any] = {"stroke": "white", "strokeWidth": 2}
CELL_WIDTH, CELL_HEIGHT = 89, 84  # of the map of scores


def draw_rfm_grid(cells: pl.DataFrame, words: Words) -> Drawing:
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
            title=words("Recency score: days since the last order"),
            axis=BANDS,
        ),
        y=alt.Y("frequency:N", sort=frequency[::-1], title=words("Frequency score: orders"), axis=BANDS),
    )
    colour = alt.Color("mean_spend:Q", legend=None, scale=alt.Scale(type="sqrt", range=["#eaf4fb", "#5fb1e3"]))
    return draw(
        alt.layer(
            base.mark_rect(**TILE, color="#f5f7fa"),
            base.mark_rect(**TILE).encode(color=colour),
            cell_text(base, "customers_text", dy=-26, size=14, weight="bold"),
            cell_text(base, "segments", dy=-9, size=11, limit=CELL_WIDTH - 4),
            cell_text(base, "spend_text", dy=30, size=11),
        ).properties(width=alt.Step(CELL_WIDTH), height=alt.Step(CELL_HEIGHT)),
        words,
    )


def draw_segment_bars(segments: pl.DataFrame, words: Words) -> Drawing:
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
    bars = tell(base, "segment", "share_text").mark_bar().encode(color=alt.Color("colour:N", scale=None))
    texts = base.mark_text(align="left", dx=4, fontSize=11).encode(text="share_text:N")
    return draw(alt.layer(bars, texts).properties(width=250, height=alt.Step(15)), words)


def draw_migration(flows: pl.DataFrame, words: Words) -> Drawing:
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
    base = _tell_cell(base, "from_label", "to_label", "share_text")
    scale = alt.Scale(type="sqrt", domain=[0, 1], range=["#f5f9fc", "#5fb1e3"])
    colour = alt.Color("share:Q", legend=None, scale=scale)
    return draw(
        alt.layer(
            base.mark_rect(**TILE, color="#f5f7fa"),
            base.mark_rect(**TILE).encode(color=colour),
            base.transform_filter("datum.stayed").mark_rect(filled=False, stroke=GREY, strokeWidth=1.5),
            cell_text(base, "share_text", dy=-7, size=12),
            cell_text(base, "customers_text", dy=9, size=10),
        ).properties(width=alt.Step(70), height=alt.Step(40)),
        words,
    )


def draw_cluster_heatmap(profiles: pl.DataFrame, words: Words) -> Drawing:
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
    base = _tell_cell(base, "cluster", "feature", "mean_text")
    scale = alt.Scale(domain=[-WIDEST, 0, WIDEST], range=[ORANGE, "#fbfbfb", SKY], clamp=True)
    colour = alt.Color("difference:Q", scale=scale, legend=None)
    alike, different = base.mark_rect(**TILE, color=PALE), base.mark_rect(**TILE).encode(color=colour)
    texts = cell_text(base, "mean_text", size=12)
    return draw(alt.layer(alike, different, texts).properties(width=alt.Step(90), height=alt.Step(36)), words)


def draw_attribute_heatmap(cells: pl.DataFrame, words: Words) -> Drawing:
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
    base = _tell_cell(base, "segment", "value", "text")
    scale = alt.Scale(type="log", domain=[LOWEST_INDEX, 100, HIGHEST_INDEX], range=[ORANGE, "#fbfbfb", SKY], clamp=True)
    colour = alt.Color("index:Q", scale=scale, legend=None)
    stands_out = base.transform_filter("datum.standing != null").mark_rect(**TILE).encode(color=colour)
    texts = base.mark_text(fontSize=12, baseline="middle").encode(
        text="text:N",
        color=alt.condition("datum.standing != null", alt.value(INK), alt.value(GREY)),
    )
    tiles = base.mark_rect(**TILE, color="#f5f7fa")
    return draw(alt.layer(tiles, stands_out, texts).properties(width=alt.Step(82), height=alt.Step(30)), words)


def draw_cluster_choice(measures: pl.DataFrame, words: Words) -> Drawing:
    """Quality by number of clusters; the chosen number is marked.

    Args:
        measures: one row per `k` and measure: `value`, `chosen`, `colour`.
    """
    chosen = alt.Chart(measures.filter("chosen").head(1)).mark_rule(color=PALE, strokeWidth=18).encode(x="k:O")
    base = alt.Chart(measures).encode(
        x=alt.X("k:O", title=words("Number of clusters"), axis=alt.Axis(labelAngle=0)),
        y=alt.Y("value:Q", title=None, scale=alt.Scale(domainMin=0), axis=alt.Axis(tickCount=5)),
        color=alt.Color("colour:N", scale=None),
    )
    marks = tell(base, "k", "value", form=".2f").mark_point(size=45, filled=True, opacity=1)
    return draw(alt.layer(chosen, base.mark_line(), marks).properties(width=330, height=170), words)


def _tell_cell(cells: alt.Chart, row: str, column: str, text: str) -> alt.Chart:
    """Cells that say `row, column: text` when they are pointed at; names of columns may have several lines."""
    name = f"datum.{row} + ', ' + replace(datum.{column}, /\\n/g, ' ')"
    return tell(cells.transform_calculate(name=name), "name", text)
