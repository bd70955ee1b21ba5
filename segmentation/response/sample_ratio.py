"""Whether the arms are of the size that was planned; if not, something other than chance chose who is in them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from scipy import stats

LIMIT = 0.001
FEWEST_EXPECTED = 5  # of every group for the chi-square distribution; of two, the binomial is taken below that
PASS, FAIL, NOT_KNOWN = "pass", "fail", "not known"
NO_SHARE = (
    "the planned share of the hold-out is not known: give control_share of the campaign in the source, "
    "or campaigns.control_shares in the settings"
)
NO_CELL_SHARES = (
    "cells share a hold-out, and how large they were to be is not known: give campaigns.cell_shares in the settings"
)
MIXED = "some customers belong to a cell and some to none, so it is not known how large the cells were to be"
OTHER_CELLS = "campaigns.cell_shares in the settings names other cells than the contacts have"
WARNING = "the arms are not of the planned size (response.sample_ratio), so this figure may be biased"
TOO_FEW = "too few customers to test so many cells at once"

SAMPLE_RATIO_SCHEMA = {
    "cell": pl.String,
    "treated": pl.Int64,
    "control": pl.Int64,
    "expected_share": pl.Float64,
    "p_value": pl.Float64,
    "verdict": pl.String,
    "note": pl.String,
}


def check_arms(counts: pl.DataFrame, *, control_share: float | None, cell_shares: Mapping[str, float]) -> pl.DataFrame:
    """The sample-ratio test of a campaign as a whole, and of each cell.

    Where cells share a hold-out and `cell_shares` are known, the whole is tested for the sizes of all of them at once.

    Args:
        counts: one row per arm and cell: `arm`, `cell` (empty: none, or a hold-out shared by all), `customers`.
        control_share: planned share of the selected that is held out, 0-1.
        cell_shares: planned sizes of the cells of the mailed in any unit; empty if not known.
    Returns: SAMPLE_RATIO_SCHEMA, `all` first; `fail` where p is below LIMIT.
    References: A. Fabijan et al. (2019), KDD, 2156-2164.
    """
    treated, control = (_count_cells(counts, arm) for arm in ("treatment", "control"))
    cells = sorted({cell for cell in (*treated, *control) if cell is not None})
    whole = _test(sum(treated.values()), sum(control.values()), control_share)
    if None not in control or not cells:
        rows = [_test(treated.get(cell, 0), control.get(cell, 0), control_share) for cell in cells]
    elif reason := MIXED if None in treated or len(control) > 1 else _why_not(cells, control_share, cell_shares):
        rows = [_not_tested(treated.get(cell, 0), control.get(cell, 0) + control[None], reason) for cell in cells]
    else:
        assert control_share is not None
        planned = {cell: (1 - control_share) * share for cell, share in _parts(cells, cell_shares).items()}
        rows = [
            _test(treated.get(cell, 0), control[None], control_share / (control_share + planned[cell]))
            for cell in cells
        ]
        observed = [control[None], *(treated.get(cell, 0) for cell in cells)]
        whole |= check_sizes(observed, [control_share, *planned.values()])
    named = zip(("all", *cells), (whole, *rows), strict=True)
    return pl.DataFrame([{"cell": cell} | row for cell, row in named], schema=SAMPLE_RATIO_SCHEMA)


def check_campaign(counts: pl.DataFrame, *, set_share: float | None, cell_shares: Mapping[str, float]) -> pl.DataFrame:
    """`check_arms` of a campaign that has a hold-out or was to have one; no row for any other.

    Args:
        counts: rows of sql/campaign_arms.sql.
        set_share: planned share of the settings; that of the source goes before it, that of an exported plan behind.
    """
    planned = pl.coalesce("source_share", pl.lit(set_share, dtype=pl.Float64), "exported_share")
    share = counts.select(planned.first()).item()
    if counts.is_empty() or ("control" not in counts["arm"] and not share):
        return pl.DataFrame(schema=SAMPLE_RATIO_SCHEMA)
    return check_arms(counts, control_share=share, cell_shares=cell_shares)


def check_sizes(observed: list[int], planned: list[float]) -> dict[str, Any]:
    """p-value and verdict of groups of these sizes where shares were `planned`.

    Pearson's chi-square; of two groups the exact binomial test where few are expected.

    References: K. Pearson (1900), Philosophical Magazine 50, 157-175.
    """
    total = sum(observed)
    expected = total * np.array(planned)
    if expected.min() >= FEWEST_EXPECTED:
        p_value = float(stats.chisquare(observed, expected * total / expected.sum()).pvalue)
    elif len(observed) == 2:
        p_value = float(stats.binomtest(observed[0], total, planned[0]).pvalue)
    else:
        return {"p_value": None, "verdict": NOT_KNOWN, "note": TOO_FEW}
    return {"p_value": p_value, "verdict": FAIL if p_value < LIMIT else PASS, "note": None}


def mark_figures(figures: pl.DataFrame, tests: pl.DataFrame) -> pl.DataFrame:
    """Add the campaign's verdict as `sample_ratio`, and to the notes, if it is a failure."""
    verdict = judge_campaign(tests)
    note = pl.col("note")
    warned = pl.concat_str(pl.lit(WARNING), note, separator="; ", ignore_nulls=True) if verdict == FAIL else note
    return figures.with_columns(warned.alias("note"), pl.lit(verdict, dtype=pl.String).alias("sample_ratio"))


def judge_campaign(tests: pl.DataFrame) -> str | None:
    """One verdict for all figures of a campaign: a failure anywhere is one of the campaign. None without tests."""
    if tests.is_empty():
        return None
    verdicts = set(tests["verdict"])
    if FAIL in verdicts:
        return FAIL
    return PASS if tests.filter(pl.col("cell") == "all")["verdict"].to_list() == [PASS] else NOT_KNOWN


def _count_cells(counts: pl.DataFrame, arm: str) -> dict[str | None, int]:
    return dict(counts.filter(pl.col("arm") == arm).select("cell", "customers").iter_rows())


def _why_not(cells: list[str], control_share: float | None, cell_shares: Mapping[str, float]) -> str | None:
    if control_share is None:
        return NO_SHARE
    if not cell_shares:
        return NO_CELL_SHARES if len(cells) > 1 else None
    return None if set(cell_shares) == set(cells) else OTHER_CELLS


def _parts(cells: list[str], cell_shares: Mapping[str, float]) -> dict[str, float]:
    """Planned share of the mailed by cell, as parts of 1."""
    sizes = {cell: cell_shares.get(cell, 1.0) for cell in cells}
    return {cell: size / sum(sizes.values()) for cell, size in sizes.items()}


def _test(treated: int, control: int, share: float | None) -> dict[str, Any]:
    if share is None:
        return _not_tested(treated, control, NO_SHARE)
    sizes = {"treated": treated, "control": control, "expected_share": share}
    return sizes | check_sizes([control, treated], [share, 1 - share])


def _not_tested(treated: int, control: int, reason: str) -> dict[str, Any]:
    return {"treated": treated, "control": control, "verdict": NOT_KNOWN, "note": reason}
