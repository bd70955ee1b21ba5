"""Style and scripts that all pages of a site share, in files named by their content: an old page finds those it had."""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import vl_convert

FOLDER = "assets"
DIGITS = 12
CHARTS_NOTICE = (
    "/*! Vega, Vega-Lite and Vega-Embed with what they need, bundled by vl-convert. Copyright (c) 2015-2026 University "
    "of Washington Interactive Data Lab and contributors. BSD-3-Clause: github.com/vega/vega/blob/main/LICENSE */\n"
)


@dataclass(frozen=True)
class Asset:
    """A file of `assets`."""

    file: str
    text: str


@cache
def make_assets() -> dict[str, Asset]:
    """Style, script and charting library by these names; the library takes two seconds, once per process."""
    static = files("segmentation.reporting") / "static"
    texts = {name: (static / f"report.{name}").read_text(encoding="utf-8") for name in ("css", "js")}
    bundle = CHARTS_NOTICE + vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return {
        "style": _name("report", "css", texts["css"]),
        "script": _name("report", "js", texts["js"]),
        "charts": _name("charts", "js", bundle),
    }


def is_asset(name: str, content: bytes) -> bool:
    """Whether a file of `assets` has the content that its name says, so nobody else has written it."""
    return name.rpartition(".")[0].endswith(f"-{_digest(content)}")


def _name(stem: str, ending: str, text: str) -> Asset:
    return Asset(f"{FOLDER}/{stem}-{_digest(text.encode())}.{ending}", text)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:DIGITS]
