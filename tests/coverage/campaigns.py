"""Made-up campaigns: who was held out, who bought, for how much, and what the mailing truly brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from scipy import stats

from segmentation.response.intervals import Array

Spend = Literal["lognormal 0.8", "lognormal 1.2", "gamma", "Hillstrom"]
HILLSTROM = Path("data/hillstrom/hillstrom.parquet")
SEGMENTS = {"a": 0.5, "b": 0.3, "c": 0.15, "d": 0.05}
NIGHTS = 14


@dataclass(frozen=True)
class Setting:
    """One kind of campaign.

    Attributes:
        rate: share of customers who buy unmailed.
        held_out: share of the customers selected.
        lift: buyers that the mailing adds, as a share of `rate`.
        dearer: by how much more a buyer of the mailed spends, as a share.
        spend: what a buyer spends; lognormal with the deviation of its logarithm.
        households: pairs are drawn, in place of customers.
        segments: results are told by segment too.
        apart: deviation of the lift between segments, as a share of `rate`.
        nights: every night of the window is looked at.
    """

    customers: int
    rate: float
    held_out: float
    spend: Spend
    lift: float = 0.0
    dearer: float = 0.0
    households: bool = False
    segments: bool = False
    apart: float = 0.0
    nights: bool = False

    @property
    def name(self) -> str:
        """What the setting is, in a table."""
        effect = [f"+{self.lift:.0%} buyers"] if self.lift else []
        effect += [f"orders {self.dearer:+.0%}"] if self.dearer else []
        effect += [f"± {self.apart:.0%} by segment"] if self.apart else []
        parts = [
            f"{self.rate:.1%}",
            f"{self.customers:,}",
            f"{100 * (1 - self.held_out):.0f}:{100 * self.held_out:.0f}",
            self.spend,
            "households" if self.households else "customers",
            " ".join(effect) or "none",
        ]
        return " | ".join(parts)

    @property
    def brought(self) -> tuple[float, float]:
        """Truth, before segments differ: buyers and money per head that the mailing adds."""
        return self.brings(self.lift)

    def brings(self, lift: float) -> tuple[float, float]:
        """Buyers and money per head that a mailing with this lift adds."""
        more = self.rate * lift
        return more, mean_of(self.spend) * ((self.rate + more) * (1 + self.dearer) - self.rate)

    def lifts(self, seed: tuple[int, ...]) -> dict[str, float]:
        """Lift by segment in one campaign."""
        if not self.apart:
            return dict.fromkeys(SEGMENTS, self.lift)
        drawn = np.random.default_rng((*seed, 1)).normal(self.lift, self.apart, len(SEGMENTS))
        return dict(zip(SEGMENTS, drawn.tolist(), strict=True))


SETTINGS: Mapping[str, Setting] = {
    "rare, halves": Setting(40_000, 0.002, 0.5, "lognormal 0.8", lift=0.5),
    "rare, fifth": Setting(60_000, 0.002, 0.2, "lognormal 1.2"),
    "rare, twentieth": Setting(60_000, 0.002, 0.05, "lognormal 0.8", lift=0.5),
    "one, halves": Setting(20_000, 0.01, 0.5, "lognormal 1.2"),
    "one, fifth": Setting(20_000, 0.01, 0.2, "lognormal 1.2", lift=0.3, segments=True, nights=True),
    "one, twentieth": Setting(50_000, 0.01, 0.05, "lognormal 1.2"),
    "one, households": Setting(20_000, 0.01, 0.2, "lognormal 0.8", lift=0.3, households=True),
    "one, Hillstrom": Setting(20_000, 0.01, 0.2, "Hillstrom", lift=0.3),
    "one, dearer": Setting(20_000, 0.01, 0.2, "lognormal 0.8", lift=0.3, dearer=0.2),
    "five, halves": Setting(10_000, 0.05, 0.5, "lognormal 1.2", lift=0.2, segments=True),
    "five, fifth": Setting(10_000, 0.05, 0.2, "lognormal 0.8", segments=True, nights=True),
    "five, twentieth": Setting(10_000, 0.05, 0.05, "lognormal 1.2", lift=0.2),
    "five, households": Setting(10_000, 0.05, 0.2, "lognormal 1.2", households=True),
    "five, gamma": Setting(20_000, 0.05, 0.05, "gamma"),
    "twenty, fifth": Setting(10_000, 0.2, 0.2, "lognormal 1.2", lift=0.1, segments=True),
    "twenty, twentieth": Setting(10_000, 0.2, 0.05, "lognormal 0.8", lift=0.1, households=True),
    "five, apart": Setting(10_000, 0.05, 0.5, "lognormal 0.8", lift=0.4, segments=True, apart=0.2),
}


@cache
def hillstrom_spend() -> Array:
    """What the buyers of a real experiment spent."""
    return pl.read_parquet(HILLSTROM).filter(pl.col("spend") > 0)["spend"].to_numpy()


def mean_of(spend: Spend) -> float:
    """Money of a buyer, on average."""
    if spend == "Hillstrom":
        return float(hillstrom_spend().mean())
    return 33.5 if spend == "gamma" else float(np.exp(3 + float(spend.split()[1]) ** 2 / 2))


def draw_spend(spend: Spend, buyers: int, random: np.random.Generator) -> Array:
    """Money of each buyer. Gamma: one in ten is a large customer."""
    if spend == "Hillstrom":
        return random.choice(hillstrom_spend(), buyers)
    if spend == "gamma":
        return np.where(random.random(buyers) < 0.1, random.gamma(2, 100, buyers), random.gamma(1.5, 10, buyers))
    return random.lognormal(3, float(spend.split()[1]), buyers)


@cache
def _customers(setting: Setting) -> tuple[pl.DataFrame, Array]:
    """What does not change from campaign to campaign, and how likely each customer is to buy unmailed."""
    random = np.random.default_rng(0)
    unit = np.arange(setting.customers) // (2 if setting.households else 1)
    liking = random.normal(size=setting.customers)[unit]
    before = (liking + random.normal(size=setting.customers) > 1.5) * random.lognormal(3, 0.8, setting.customers)
    chance = stats.norm.cdf(stats.norm.ppf(setting.rate) * np.sqrt(2) + liking)
    segment = random.choice(list(SEGMENTS), setting.customers, p=list(SEGMENTS.values()))
    nothing = pl.lit(None, dtype=pl.String)
    frame = pl.DataFrame(
        {
            "customer_id": [f"c{number:06d}" for number in range(setting.customers)],
            "household_id": [f"h{number:06d}" for number in unit],
            "segment": segment,
            "earlier_spend": before,
        }
    ).with_columns(
        household_id=pl.col("household_id") if setting.households else nothing,
        segment=pl.col("segment") if setting.segments else nothing,
        cell=nothing,
        cluster=nothing,
        responded=pl.lit(False),
        revenue=pl.lit(0.0),
        has_unknown_margin=pl.lit(False),
    )
    return frame, chance * setting.rate / chance.mean()


def make_up(setting: Setting, seed: tuple[int, ...]) -> pl.DataFrame:
    """One campaign: rows for `uplift.estimate_uplift`, with money as margin, and the night of each order."""
    random = np.random.default_rng(seed)
    customers, chance = _customers(setting)
    unit = np.arange(setting.customers) // (2 if setting.households else 1)
    treated = (random.random(setting.customers) >= setting.held_out)[unit]
    lift: Array | float = setting.lift
    if setting.apart:
        lift = customers["segment"].replace_strict(setting.lifts(seed), return_dtype=pl.Float64).to_numpy()
    buys = random.random(setting.customers)[unit] < chance * (1 + lift * treated)
    money = np.zeros(setting.customers)
    money[buys] = draw_spend(setting.spend, int(buys.sum()), random) * (1 + setting.dearer * treated[buys])
    night = random.integers(1, NIGHTS + 1, setting.customers)
    return customers.with_columns(
        pl.Series("treated", treated),
        pl.Series("converted", buys),
        pl.Series("margin", money),
        pl.Series("night", night),
    ).with_columns(arm=pl.when("treated").then(pl.lit("treatment")).otherwise(pl.lit("control")))
