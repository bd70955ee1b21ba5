"""What was found against the truth."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np
import polars as pl

from segmentation.response.arms import FEWEST_ACTIVE, compare_arms, group_customers, summarise
from segmentation.response.campaigns import summarise_campaigns
from segmentation.response.sample_ratio import FAIL, check_sizes
from segmentation.response.sequential import find_bounds
from segmentation.response.uplift import estimate_uplift
from tests.coverage.campaigns import NIGHTS, Setting, make_up

BOOTSTRAPPED = 400
INTERVALS = {"": "interval", "bootstrap_": "bootstrap", "cuped_": "CUPED", "shrunk_": "drawn"}


@dataclass
class Counts:
    """Of campaigns of one setting: how many there were, and by figure how many there are and how many are right."""

    campaigns: int = 0
    made: Counter[str] = field(default_factory=Counter)
    held: Counter[str] = field(default_factory=Counter)

    def add(self, figure: str, held: bool) -> None:
        """One more."""
        self.made[figure] += 1
        self.held[figure] += held

    def __iadd__(self, other: "Counts") -> "Counts":
        self.campaigns += other.campaigns
        self.made.update(other.made)
        self.held.update(other.held)
        return self


def count_campaigns(setting: Setting, number: int, first: int, last: int) -> Counts:
    """Make up and measure campaigns `first` to `last` (not included) of the setting with this number."""
    counts, found, campaigns = Counts(), [], []
    for seed in range(first, last):
        frame = make_up(setting, (number, seed))
        rows = measure(frame, seed)
        for figure, held in check_intervals(setting, rows, (number, seed)):
            counts.add(figure, held)
        if setting.nights:
            for figure, held in check_nights(setting, frame):
                counts.add(figure, held)
        found.append(rows.filter(dimension="all").with_columns(campaign_id=pl.lit(str(seed))))
        campaigns.append(_at_break_even(setting, frame, str(seed)))
        counts.campaigns += 1
    if setting.apart:
        return counts
    for pays in judge(pl.DataFrame(campaigns), pl.concat(found)):
        for verdict in ("yes", "no"):
            counts.add(f"pays: {verdict}", pays == verdict)
    return counts


def measure(frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Rows of response.uplift, without the bootstrap from campaign BOOTSTRAPPED on: it takes most of the time."""
    if seed < BOOTSTRAPPED:
        return estimate_uplift(frame, has_replies=False, seed=seed)
    with patch("segmentation.response.levels.bootstrap_difference", return_value=(np.nan, np.nan)):
        return estimate_uplift(frame, has_replies=False, seed=seed)


def check_intervals(setting: Setting, rows: pl.DataFrame, seed: tuple[int, ...]) -> Iterator[tuple[str, bool]]:
    """Whether each interval of conversion and margin holds the truth; of all only where segments do not differ."""
    lifts = setting.lifts(seed)
    asked = pl.col("metric").is_in(["conversion", "margin"]) & pl.col("dimension").is_in(["all", "segment"])
    for row in rows.filter(asked).iter_rows(named=True):
        if row["dimension"] == "all" and setting.apart:
            continue
        buyers, money = setting.brings(lifts.get(row["level"], setting.lift))
        truth = buyers if row["metric"] == "conversion" else money
        for prefix, kind in INTERVALS.items():
            low, high = row[f"{prefix}ci_low"], row[f"{prefix}ci_high"]
            if low is not None:
                yield f"{row['dimension']}, {row['metric']}, {row['method']}: {kind}", low <= truth <= high


def check_nights(setting: Setting, frame: pl.DataFrame) -> Iterator[tuple[str, bool]]:
    """Whether the intervals of all nights hold the truth of their night, with bounds and without."""
    grouping = group_customers(frame.with_columns(level=pl.lit("all")), by_household=setting.households)
    money, ordered = frame["margin"].to_numpy(), frame["night"].to_numpy()
    held = {"with bounds": True, "without": True}
    for night, bound in enumerate(find_bounds(NIGHTS), start=1):
        means = summarise(grouping, money * (ordered <= night))
        if means.expected_active[0] < FEWEST_ACTIVE:
            continue
        truth = setting.brought[1] * night / NIGHTS
        for name, z in (("with bounds", {"z": bound}), ("without", {})):
            found = compare_arms(means, "mean", **z)
            held[name] &= bool(found.low[0] <= truth <= found.high[0])
    for name, all_held in held.items():
        yield f"every night, {name}", all_held


def _at_break_even(setting: Setting, frame: pl.DataFrame, campaign_id: str) -> dict[str, Any]:
    """A campaign that costs exactly what it brings on average."""
    mailed = int(frame["treated"].sum())
    return {
        "campaign_id": campaign_id,
        "mailed": mailed,
        "held_out": frame.height - mailed,
        "responders": None,
        "provisional": False,
        "cost": setting.brought[1] * mailed,
    }


def judge(campaigns: pl.DataFrame, uplift: pl.DataFrame) -> list[str]:
    """`pays` of each campaign."""
    unknown = pl.lit(None, dtype=pl.String)
    marked = uplift.with_columns(sample_ratio=unknown, comparability=unknown)
    return summarise_campaigns(campaigns.cast({"responders": pl.Int64}), marked)["pays"].to_list()


def count_alarms(customers: int, planned: float, lost: float, *, draws: int, seed: int) -> float:
    """Share of campaigns whose sample-ratio test fails where a share of the hold-out is lost on the way."""
    random = np.random.default_rng(seed)
    held_out = random.binomial(customers, planned, size=draws)
    left = random.binomial(held_out, 1 - lost)
    pairs, times = np.unique(np.column_stack([left, customers - held_out]), axis=0, return_counts=True)
    shares = [planned, 1 - planned]
    alarms = [check_sizes([int(control), int(treated)], shares)["verdict"] == FAIL for control, treated in pairs]
    return float(np.average(alarms, weights=times))
