"""What the page shows of who the customers are: attributes that set a segment apart from all."""

import re
import textwrap
from collections.abc import Iterable
from typing import Any

import polars as pl

from segmentation.attributes.kinds import LEFT_OUT, MEAN
from segmentation.contract.attributes import GROUPINGS
from segmentation.reporting.charts import Picture
from segmentation.reporting.numbers import MINUS, MISSING, count, percent
from segmentation.reporting.segment_charts import draw_attribute_heatmap

HEADINGS = dict(zip(GROUPINGS, ("Segment", "Cluster", "Portfolio group"), strict=True))
MOST_NAMED = 3  # values over, and as many under, by group
MOST_DRAWN = 10  # columns of the heat map
LABEL_WIDTH = 13
LONGEST = 40  # characters of a label
NOTHING = "nothing"


def describe_attributes(profiles: pl.DataFrame) -> dict[str, Any]:
    """Of whom something is known, what stands out in which group, and the heat map of the segments.

    Args:
        profiles: rows of sql/report_attributes.sql.
    """
    shown = profiles.filter(pl.col("kind") != LEFT_OUT)
    left_out = [
        f"{_label(attribute)}: {note}"
        for attribute, note in profiles.filter(pl.col("kind") == LEFT_OUT).select("attribute", "note").iter_rows()
    ]
    if shown.is_empty():
        return {"known": [], "left_out": left_out}
    compared, found = (shown.filter(pl.col(column).is_not_null()) for column in ("p_value", "standing"))
    of_segments = shown.filter(pl.col("grouping") == GROUPINGS[0])
    return {
        "known": _describe_known(of_segments),
        "is_partly_known": bool(of_segments["unknown"].sum()),
        "findings": _count_findings(compared),
        "heatmap": _picture_heatmap(of_segments) if GROUPINGS[0] in found["grouping"] else None,
        "tables": [_describe_groups(shown, grouping) for grouping in GROUPINGS if grouping in found["grouping"]],
        "left_out": left_out,
    }


def _describe_known(of_segments: pl.DataFrame) -> list[str]:
    """For how many customers each attribute is known, and of which segments most; attributes alike in one sentence."""
    known = (
        of_segments.unique(["attribute", "group_name"], maintain_order=True)
        .group_by("attribute", maintain_order=True)
        .agg("group_name", "customers", "unknown", total=pl.sum("customers"))
        .sort("total", "attribute", descending=[True, False])
        .group_by("total", "customers", "unknown", "group_name", maintain_order=True)
        .agg("attribute")
    )
    return [_write_known(row) for row in known.iter_rows(named=True)]


def _write_known(row: dict[str, Any]) -> str:
    everybody = row["total"] + sum(row["unknown"])
    rates = [known / (known + unknown) for known, unknown in zip(row["customers"], row["unknown"], strict=True)]
    least, most = (f"{percent(rate)} of {row['group_name'][rates.index(rate)]}" for rate in (min(rates), max(rates)))
    spread = f"; from {least} to {most}" if percent(min(rates)) != percent(max(rates)) else ""
    return (
        f"Known for {count(row['total'])} of {count(everybody)} customers "
        f"({percent(row['total'] / everybody)}{spread}): {', '.join(map(_label, row['attribute']))}."
    )


def _count_findings(compared: pl.DataFrame) -> str:
    found, of = compared["standing"].count(), f"{count(compared.height)} shares and means"
    if not found:
        return (
            f"Nothing stands out: of {of} none differs from that of the other customers by more than chance explains."
        )
    return (
        f"{count(found)} of {of} stand out. The test allows for the number of comparisons: "
        "of those that stand out about one in 20 may be chance."
    )


def _describe_groups(shown: pl.DataFrame, grouping: str) -> dict[str, Any]:
    rows = shown.filter(pl.col("grouping") == grouping)
    names = rows["group_name"].unique(maintain_order=True)
    return {
        "heading": HEADINGS[grouping],
        "rows": [{"name": name} | _name_findings(rows.filter(pl.col("group_name") == name)) for name in names],
    }


def _name_findings(of_group: pl.DataFrame) -> dict[str, str]:
    """What the group has more and less of than others, the farthest from 100 first; a dash where nothing is known."""
    if of_group["p_value"].null_count() == of_group.height:
        return {"over": MISSING, "under": MISSING}
    order = pl.col("index").fill_null(100)
    return {
        standing: _list(
            _write_finding(row)
            for row in of_group.filter(pl.col("standing") == standing)
            .sort(order, "attribute", "value", descending=[standing == "over", False, False])
            .iter_rows(named=True)
        )
        for standing in ("over", "under")
    }


def _list(findings: Iterable[str]) -> str:
    written = list(findings)
    more = len(written) - MOST_NAMED
    return NOTHING if not written else "; ".join([*written[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])])


def _write_finding(row: dict[str, Any]) -> str:
    """Such as `age 65+: 17% (all: 9%, index 185)`."""
    write = _write_mean if row["kind"] == MEAN else percent
    mean = "mean " if row["kind"] == MEAN else ""
    index = "" if row["index"] is None else f", index {count(row['index'])}"
    return f"{_name_column(row)}: {mean}{write(row['in_group'])} (all: {write(row['in_all'])}{index})"


def _write_mean(mean: float) -> str:
    return count(mean) if abs(mean) >= 1000 else f"{mean:.4g}".replace("-", MINUS)


def _name_column(row: dict[str, Any]) -> str:
    """Attribute, and value where there is one, in words."""
    return _label(row["attribute"]) + ("" if row["value"] is None else f" {_label(row['value'])}")


def _label(text: str) -> str:
    """Text of the source as a label: underscores and what cannot be printed are spaces, and it ends somewhere."""
    printable = "".join(character if character.isprintable() else " " for character in text.replace("_", " "))
    words = " ".join(printable.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _picture_heatmap(of_segments: pl.DataFrame) -> Picture | None:
    """The values that differ most surely; of two labels alike the first is drawn."""
    columns = (
        of_segments.group_by("attribute", "value", "kind", maintain_order=True)
        .agg(findings=pl.col("standing").count(), surest=pl.min("p_value"))
        .drop_nulls("surest")
        .sort("findings", "surest", "attribute", "value", descending=[True, False, False, False])
        .head(MOST_DRAWN)
    )
    if columns.is_empty():
        return None
    ordered = sorted(columns.iter_rows(named=True), key=lambda row: (row["attribute"], _natural(row["value"] or "")))
    labels = {(row["attribute"], row["value"]): _wrap(row) for row in ordered}
    rows = {
        (row["group_name"], label): row
        for row in reversed(of_segments.to_dicts())
        if (label := labels.get((row["attribute"], row["value"])))
    }
    segments = of_segments["group_name"].unique(maintain_order=True)
    cells = [
        _draw_cell(rows[segment, label], segment, label)
        for segment in segments
        for label in dict.fromkeys(labels.values())
    ]
    alt = "Index of segments (100: as all): " + "; ".join(
        f"{cell['segment']}, {cell['value']}: {cell['text']}".replace("\n", " ")
        for cell in cells
        if cell["standing"] is not None
    )
    nothing = "Index of segments (100: as all): no difference is larger than chance may make it."
    drawn = pl.DataFrame(cells, schema_overrides={"index": pl.Float64, "standing": pl.String}, infer_schema_length=None)
    return Picture(draw_attribute_heatmap(drawn), alt if drawn["standing"].count() else nothing)


def _draw_cell(row: dict[str, Any], segment: str, label: str) -> dict[str, Any]:
    text = MISSING if row["index"] is None else count(row["index"])
    return {
        "segment": _label(segment),
        "value": label,
        "index": row["index"],
        "standing": row["standing"],
        "text": text,
    }


def _wrap(row: dict[str, Any]) -> str:
    return "\n".join(textwrap.wrap(_name_column(row), LABEL_WIDTH))


def _natural(value: str) -> tuple[float, str]:
    """By the first number in it: 9 comes before 10."""
    number = re.search(r"\d+", value)
    return (float(number[0]) if number else -1.0, value)
