"""How pictures of the report look; each is a pure function from a frame to a drawing, in the modules beside.

Colours are those of Okabe and Ito (2008), told apart by colour-blind readers. Texts stay dark on every fill. No SVG
clips or fades, so that none has ids: many can stand in one page, and the same frame gives the same text. What browsers
draw from the specification may: there a picture is pointed at, zoomed, and colours of its legend are switched off.
"""

import json
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt
import vl_convert

from segmentation.reporting.catalogue import SOURCE_LANGUAGE
from segmentation.reporting.chart_formats import describe_formats
from segmentation.reporting.words import Words

INK, GREY, PALE = "#1f2933", "#52606d", "#e4e7eb"
BLUE, SKY, ORANGE, VERMILION, GREEN = "#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#009e73"
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
LINES = "\n"
UNSEEN: dict[str, Any] = {"opacity": 0, "strokeWidth": 9}  # of a rule that is there to be pointed at
BANDS = alt.Axis(
    labelExpr="split(datum.label, '\\n')", labelAngle=0, labelLimit=320, domain=False, ticks=False, labelPadding=6
)
NAMES = alt.Axis(domain=False, ticks=False, labelPadding=8, labelLimit=260, grid=False)


SWITCHED_OFF = "switched_off"  # the signal that holds the colours that the reader does not want to see
ZOOM = {"name": "zoom", "select": {"type": "interval", "encodings": ["x"]}, "bind": "scales"}


@dataclass(frozen=True)
class Drawing:
    """A picture as it is shown and printed, and what browsers draw it from again when it is pointed at.

    Attributes:
        svg: text of the picture; screen readers pass over it, as they have the alternative text.
        specification: its Vega-Lite as JSON that no text of it can end, with what only a browser can do.
    """

    svg: str
    specification: str


@dataclass(frozen=True)
class Picture:
    """A picture and its content in words, for those who cannot see it."""

    drawing: Drawing
    alt: str

    @property
    def svg(self) -> str:
        """Text of the picture."""
        return self.drawing.svg


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


def tell(chart: alt.Chart, label: str, value: str, *ends: str, form: str | None = None) -> alt.Chart:
    """The chart whose marks say `label: value (low … high)` when they are pointed at.

    Args:
        label, value: fields; or `value` a text that is written already, where there is no `form`.
        ends: fields of both ends of the interval; nothing is said of it where they are NULL.
        form: format of numbers, as d3 has it.
    """
    fields = [f"datum.{field}" for field in (value, *ends)]
    said = fields if form is None else [f"format({field}, '{form}')" for field in fields]
    text = f"datum.{label} + ': ' + {said[0]}"
    if ends:
        text += f" + (datum.{ends[0]} == null ? '' : ' (' + {said[1]} + ' … ' + {said[2]} + ')')"
    told: alt.Chart = chart.transform_calculate(said=text).encode(tooltip="said:N")
    return told


def draw(chart: alt.LayerChart | alt.FacetChart, words: Words, *, zooms: bool = False) -> Drawing:
    """The drawing of a picture in the dress of the page, with numbers and dates in its language.

    Args:
        zooms: in a browser, wheel and drag stretch and move the horizontal axis.
    """
    axis = {
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": GREY,
    }
    dressed = chart.configure(font=FONT, background="transparent", aria=False).configure_view(stroke=None)
    dressed = dressed.configure_axis(**axis, gridColor=PALE, domainColor=PALE, tickColor=PALE)
    specification = dressed.to_dict(
        validate=False
    )  # the schema would take as long as the drawing, and tests have seen it
    if words.language != SOURCE_LANGUAGE:
        specification["config"]["locale"] = describe_formats(words.locale)
    drawn_again = json.dumps(_enliven(specification, zooms=zooms), separators=(",", ":"))
    svg = vl_convert.vegalite_to_svg(specification).replace("<svg ", '<svg aria-hidden="true" ', 1)
    return Drawing(svg, drawn_again.replace("<", r"\u003c"))


def _enliven(specification: dict[str, Any], *, zooms: bool) -> dict[str, Any]:
    """What only a browser can do with the picture: its colours go and come, and it is zoomed."""
    layers = [_hide_colours(layer) for layer in specification["layer"]]
    if zooms:
        layers = [layer | {"mark": layer["mark"] | {"clip": True}} for layer in layers]
        layers[0]["params"] = [ZOOM]
    kept = {name: part for name, part in specification.items() if name != "$schema"}
    return kept | {"layer": layers, "params": [{"name": SWITCHED_OFF, "value": []}]}


def _hide_colours(layer: dict[str, Any]) -> dict[str, Any]:
    """The layer without its marks of colours that are switched off; what nobody sees stays unseen."""
    if layer["mark"].get("opacity") == 0:
        return layer
    hidden = {"condition": {"test": f"indexof({SWITCHED_OFF}, datum.colour) >= 0", "value": 0}, "value": 1}
    return layer | {"encoding": {"opacity": hidden} | layer["encoding"]}
