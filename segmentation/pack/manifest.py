"""The manifest: what each file of the pack is, by which the mail house and we can see that nothing is lost."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from segmentation.pack.layout import labels_of
from segmentation.pack.text import transliterate
from segmentation.settings import PackSettings
from segmentation.settings.pack import PackFormat

VERSION = 1


@dataclass
class Findings:
    """What was done to values while files were written.

    Attributes:
        missing: characters that the encoding lacks, with their number.
        formulas, cut: by column: values that got an apostrophe in csv, and that were cut in fixed width.
    """

    missing: dict[str, int] = field(default_factory=dict)
    formulas: dict[str, int] = field(default_factory=dict)
    cut: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, counts: Mapping[str, int]) -> None:
        """Count further ones of `kind`, the name of an attribute."""
        total: dict[str, int] = getattr(self, kind)
        for name, count in counts.items():
            total[name] = total.get(name, 0) + count


@dataclass(frozen=True)
class WrittenFile:
    """A file of the pack.

    Attributes:
        cell: None where it holds all cells.
        rows: lines with an address, seeds included.
    """

    name: str
    format: PackFormat
    cell: str | None
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Cell:
    """A cell of the plan."""

    name: str | None
    keycodes: tuple[str, ...]
    customers: int


def describe_pack(
    plan: Mapping[str, Any],
    *,
    in_home_date: dt.date,
    cells: Sequence[Cell],
    files: Sequence[WrittenFile],
    seeds: Sequence[str],
    problems: Mapping[str, int],
    held_out: int,
    not_known: int,
    findings: Findings,
    settings: PackSettings,
) -> dict[str, Any]:
    """The manifest of a pack as JSON has it; it tells no time but that of planning, so that it can be made again.

    Args:
        plan: row of targeting.plans.
        seeds: ids of the seeds; each is in every cell.
        problems: addresses by what is wrong with them.
        held_out: customers in a line who are held out.
        not_known: customers of the plan who are gone from crm.customers, so that they are in no file.
    """
    return {
        "version": VERSION,
        "plan_id": plan["plan_id"],
        "campaign_id": plan["campaign_id"],
        "as_of_date": str(plan["as_of_date"]),
        "planned_at": str(plan["created_at"]),
        "in_home_date": str(in_home_date),
        "sort": settings.sort,
        "cells": [
            {"cell": cell.name, "keycodes": list(cell.keycodes), "customers": cell.customers, "seeds": len(seeds)}
            for cell in cells
        ],
        "seeds": list(seeds),
        "files": [_describe_file(file, settings) for file in files],
        "checks": {
            "control customers in files": held_out,
            "customers of the plan no longer known": not_known,
            "addresses with a problem": dict(sorted(problems.items())),
            "characters the encoding lacks": [
                {"character": each, "written": transliterate(each, settings.codec), "times": count}
                for each, count in sorted(findings.missing.items())
            ],
            "values with an apostrophe against formulas": dict(sorted(findings.formulas.items())),
            "values cut to their width": dict(sorted(findings.cut.items())),
        },
    }


def _describe_file(file: WrittenFile, settings: PackSettings) -> dict[str, Any]:
    widths = settings.fixed_width if file.format == "fixed width" else {}
    columns = [
        {"name": label, "column": name} | ({"width": widths[name]} if name in widths else {})
        for name, label in zip(settings.columns, labels_of(settings), strict=True)
    ]
    written: dict[str, Any] = {
        "name": file.name,
        "format": file.format,
        "cell": file.cell,
        "rows": file.rows,
        "bytes": file.bytes,
        "sha256": file.sha256,
    }
    if file.format != "xlsx":
        written |= {"encoding": settings.encoding, "line_end": settings.line_end}
    if file.format == "csv":
        written["delimiter"] = settings.delimiter
    return written | {"columns": columns}


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """The manifest as it is written."""
    return json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
