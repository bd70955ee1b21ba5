"""Pictures of models: what a ranking brings by how much of the list is mailed."""

import altair as alt
import polars as pl

from segmentation.reporting.charts import BLUE, GREY, PALE, UNSEEN, Drawing, draw, tell
from segmentation.reporting.words import Words


def draw_depth(points: pl.DataFrame, words: Words, *, unit: str) -> Drawing:
    """A curve with its band by share mailed, and the line of a random order.

    Args:
        points: one row per share: `share` (percent), `value`, `ci_low`, `ci_high`, `at_random`.
        unit: title of the axis.
    """
    x = alt.X("share:Q", title=words("Percent of the list mailed, best first"), axis=alt.Axis(tickCount=5))
    base = alt.Chart(points).encode(x=x)
    axis = alt.Axis(tickCount=5, format=",~f")
    band = base.mark_area(color=PALE).encode(y=alt.Y("ci_low:Q", title=unit, axis=axis), y2="ci_high:Q")
    random = base.mark_line(color=GREY, strokeDash=[4, 3]).encode(y=alt.Y("at_random:Q", title=unit))
    line = base.mark_line(color=BLUE, strokeWidth=2).encode(y=alt.Y("value:Q", title=unit))
    told = tell(base, "share", "value", "ci_low", "ci_high", form=",.2~f").mark_rule(**UNSEEN)
    return draw(alt.layer(band, random, line, told).properties(width=300, height=190), words)


def draw_tenths(tenths: pl.DataFrame, words: Words, *, unit: str) -> Drawing:
    """What each tenth of the list brings, with its interval, about the mean of all.

    Args:
        tenths: one row per tenth, best first: `tenth` (number), `value`, `ci_low`, `ci_high`, `at_random`.
        unit: title of the axis.
    """
    base = alt.Chart(tenths).encode(
        x=alt.X("tenth:O", title=words("Tenths of the list, best first"), axis=alt.Axis(labelAngle=0))
    )
    y = alt.Y("value:Q", title=unit, axis=alt.Axis(tickCount=5, format=",~f"))
    told = tell(base, "tenth", "value", "ci_low", "ci_high", form=",.2~f")
    bars = told.mark_bar(color=BLUE).encode(y=y)
    intervals = base.mark_rule(color=GREY, strokeWidth=2).encode(y=alt.Y("ci_low:Q", title=unit), y2="ci_high:Q")
    mean = alt.Chart(tenths.head(1)).mark_rule(color=GREY, strokeDash=[4, 3]).encode(y=alt.Y("at_random:Q", title=unit))
    return draw(alt.layer(bars, intervals, mean).properties(width=300, height=190), words)
