"""What the page shows of who the customers are: attributes that set a segment apart from all."""

import re
import textwrap
from typing import Any

import polars as pl

from segmentation.attributes.kinds import LEFT_OUT, MEAN
from segmentation.contract.attributes import GROUPINGS
from segmentation.reporting.charts import Picture
from segmentation.reporting.numbers import MISSING
from segmentation.reporting.segment_charts import draw_attribute_heatmap
from segmentation.reporting.words import Words

MOST_NAMED = 3  # values over, and as many under, by group
MOST_DRAWN = 10  # columns of the heat map
LABEL_WIDTH = 13
LONGEST = 40  # characters of a label


def describe_attributes(profiles: pl.DataFrame, words: Words) -> dict[str, Any]:
    """Of whom something is known, what stands out in which group, and the heat map of the segments.

    Args:
        profiles: rows of sql/report_attributes.sql.
    """
    shown = profiles.filter(pl.col("kind") != LEFT_OUT)
    left_out = [
        f"{_label(attribute)}: {words.stored(note)}"
        for attribute, note in profiles.filter(pl.col("kind") == LEFT_OUT).select("attribute", "note").iter_rows()
    ]
    if shown.is_empty():
        return {"known": [], "left_out": left_out}
    compared, found = (shown.filter(pl.col(column).is_not_null()) for column in ("p_value", "standing"))
    of_segments = shown.filter(pl.col("grouping") == GROUPINGS[0])
    return {
        "known": _describe_known(of_segments, words),
        "is_partly_known": bool(of_segments["unknown"].sum()),
        "findings": _count_findings(compared, words),
        "heatmap": _picture_heatmap(of_segments, words) if GROUPINGS[0] in found["grouping"] else None,
        "tables": [_describe_groups(shown, grouping, words) for grouping in GROUPINGS if grouping in found["grouping"]],
        "left_out": left_out,
    }


def _describe_known(of_segments: pl.DataFrame, words: Words) -> list[str]:
    """For how many customers each attribute is known, and of which segments most; attributes alike in one sentence."""
    known = (
        of_segments.unique(["attribute", "group_name"], maintain_order=True)
        .group_by("attribute", maintain_order=True)
        .agg("group_name", "customers", "unknown", total=pl.sum("customers"))
        .sort("total", "attribute", descending=[True, False])
        .group_by("total", "customers", "unknown", "group_name", maintain_order=True)
        .agg("attribute")
    )
    return [_write_known(row, words) for row in known.iter_rows(named=True)]


def _write_known(row: dict[str, Any], words: Words) -> str:
    everybody = row["total"] + sum(row["unknown"])
    rates = [known / (known + unknown) for known, unknown in zip(row["customers"], row["unknown"], strict=True)]
    said = {
        "known": words.count(row["total"]),
        "customers": words.count(everybody),
        "share": words.percent(row["total"] / everybody),
        "attributes": ", ".join(map(_label, row["attribute"])),
    }
    least, most = min(rates), max(rates)
    if words.percent(least) == words.percent(most):
        return words("Known for %(known)s of %(customers)s customers (%(share)s): %(attributes)s.", **said)
    return words(
        "Known for %(known)s of %(customers)s customers (%(share)s; from %(least)s of %(least_known)s to %(most)s of "
        "%(best_known)s): %(attributes)s.",
        **said,
        least=words.percent(least),
        least_known=words.stored(row["group_name"][rates.index(least)]),
        most=words.percent(most),
        best_known=words.stored(row["group_name"][rates.index(most)]),
    )


def _count_findings(compared: pl.DataFrame, words: Words) -> str:
    found, of = compared["standing"].count(), words.count(compared.height)
    if not found:
        return words(
            "Nothing stands out: of %(compared)s shares and means none differs from that of the other customers by "
            "more than chance explains.",
            compared=of,
        )
    return words(
        "%(found)s of %(compared)s shares and means stand out. The test allows for the number of comparisons: of those "
        "that stand out about one in 20 may be chance.",
        found=words.count(found),
        compared=of,
    )


def _describe_groups(shown: pl.DataFrame, grouping: str, words: Words) -> dict[str, Any]:
    rows = shown.filter(pl.col("grouping") == grouping)
    names = rows["group_name"].unique(maintain_order=True)
    return {
        "grouping": grouping,
        "rows": [
            {"name": words.stored(name)} | _name_findings(rows.filter(pl.col("group_name") == name), words)
            for name in names
        ],
    }


def _name_findings(of_group: pl.DataFrame, words: Words) -> dict[str, str]:
    """What the group has more and less of than others, the farthest from 100 first; a dash where nothing is known."""
    if of_group["p_value"].null_count() == of_group.height:
        return {"over": MISSING, "under": MISSING}
    order = pl.col("index").fill_null(100)
    return {
        standing: _list(
            [
                _write_finding(row, words)
                for row in of_group.filter(pl.col("standing") == standing)
                .sort(order, "attribute", "value", descending=[standing == "over", False, False])
                .iter_rows(named=True)
            ],
            words,
        )
        for standing in ("over", "under")
    }


def _list(findings: list[str], words: Words) -> str:
    if not findings:
        return words("nothing")
    more = len(findings) - MOST_NAMED
    said = [words.plural("%(number)s more", "%(number)s more", more)] if more > 0 else []
    return "; ".join([*findings[:MOST_NAMED], *said])


def _write_finding(row: dict[str, Any], words: Words) -> str:
    """Such as `age 65+: 17% (all: 9%, index 185)`."""
    if row["kind"] == MEAN:
        mean, of_all = (_write_mean(row[where], words) for where in ("in_group", "in_all"))
        found = words("mean %(mean)s", mean=mean)
    else:
        found, of_all = words.percent(row["in_group"]), words.percent(row["in_all"])
    said = {"what": _name_column(row), "found": found, "all": of_all}
    if row["index"] is None:
        return words("%(what)s: %(found)s (all: %(all)s)", **said)
    return words("%(what)s: %(found)s (all: %(all)s, index %(index)s)", **said, index=words.count(row["index"]))


def _write_mean(mean: float, words: Words) -> str:
    return words.count(mean) if abs(mean) >= 1000 else words.significant(mean)


def _name_column(row: dict[str, Any]) -> str:
    """Attribute, and value where there is one, in words."""
    return _label(row["attribute"]) + ("" if row["value"] is None else f" {_label(row['value'])}")


def _label(text: str) -> str:
    """Text of the source as a label: underscores and what cannot be printed are spaces, and it ends somewhere."""
    printable = "".join(character if character.isprintable() else " " for character in text.replace("_", " "))
    words = " ".join(printable.split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


def _picture_heatmap(of_segments: pl.DataFrame, words: Words) -> Picture | None:
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
        _draw_cell(rows[segment, label], segment, label, words)
        for segment in segments
        for label in dict.fromkeys(labels.values())
    ]
    told = "; ".join(
        f"{cell['segment']}, {cell['value']}: {cell['text']}".replace("\n", " ")
        for cell in cells
        if cell["standing"] is not None
    )
    nothing = words("Index of segments (100: as all): no difference is larger than chance may make it.")
    alt = words("Index of segments (100: as all): %(told)s", told=told) if told else nothing
    drawn = pl.DataFrame(cells, schema_overrides={"index": pl.Float64, "standing": pl.String}, infer_schema_length=None)
    return Picture(draw_attribute_heatmap(drawn, words), alt)


def _draw_cell(row: dict[str, Any], segment: str, label: str, words: Words) -> dict[str, Any]:
    text = MISSING if row["index"] is None else words.count(row["index"])
    return {
        "segment": _label(words.stored(segment)),
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
