"""How pictures of the report look; each is a pure function from a frame to SVG text, in the modules beside.

Colours are those of Okabe and Ito (2008), told apart by colour-blind readers. Texts stay dark on every fill. No picture
clips or fades, so that no SVG has ids: many can stand in one page, and the same frame gives the same text.
"""

from dataclasses import dataclass
from typing import Literal

import altair as alt
import vl_convert

INK, GREY, PALE = "#1f2933", "#52606d", "#e4e7eb"
BLUE, SKY, ORANGE, VERMILION, GREEN = "#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#009e73"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LINES = "\n"
BANDS = alt.Axis(
    labelExpr="split(datum.label, '\\n')", labelAngle=0, labelLimit=320, domain=False, ticks=False, labelPadding=6
)
NAMES = alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=200, grid=False)


@dataclass(frozen=True)
class Picture:
    """A picture and its content in words, for those who cannot see it."""

    svg: str
    alt: str


def cell_text(
    base: alt.Chart,
    field: str,
    *,
    size: float,
    dy: float = 0,
    weight: Literal["normal", "bold"] = "normal",
    limit: float = 0,
) -> alt.Chart:
    """Text in the middle of each cell; `field` has a line break where the text has one."""
    text = base.mark_text(
        lineBreak=LINES, dy=dy, fontSize=size, fontWeight=weight, color=INK, baseline="middle", limit=limit
    )
    written: alt.Chart = text.encode(text=f"{field}:N")
    return written


def draw(chart: alt.LayerChart | alt.FacetChart) -> str:
    """SVG text of a picture in the dress of the page."""
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
