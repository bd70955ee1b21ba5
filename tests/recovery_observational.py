"""Whether the truth comes back once the hold-out is gone: experiments lose controls by a known rule, and are estimated.

Usage: python -m tests.recovery_observational [SIMULATIONS]

In `hillstrom` customers of Hillstrom's experiment are drawn again and again; the truth is the difference of its whole
arms. In `made up` sums are skewed, the mailing brings more from better customers, and the truth is known by customer.
From both, controls are discarded at random: who had bought long ago for little is kept, others rarely. Then the mailed
differ from those left, and only what was known before the mailing can tell. With 95 % promised, 300 simulations give
92.5 % to 97.5 % by chance.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.response.covariates import COVARIATES
from segmentation.response.intervals import compare_means
from segmentation.response.observational import observe_campaign
from segmentation.response.second_opinion import COMPARED, EARLIER

HILLSTROM = Path(__file__).parent.parent / "data" / "hillstrom" / "hillstrom.parquet"
CUSTOMERS = 8000
METRICS = {"response": "responded", "conversion": "converted", "revenue": "revenue"}
NO_PERIODS = pl.DataFrame(
    schema={
        "customer_id": pl.String,
        **{name: pl.Float64 for name in EARLIER},
        **{f"{metric.column}_{when}": pl.Float64 for metric in COMPARED for when in ("before", "after")},
        "has_unknown_margin": pl.Boolean,
    }
)


@dataclass(frozen=True)
class Found:
    """One metric of one simulation; `unadjusted` is mailed less controls left, with Welch's interval."""

    metric: str
    truth: float
    estimate: float
    low: float
    high: float
    unadjusted: float
    unadjusted_low: float
    unadjusted_high: float

    @property
    def holds(self) -> bool:
        """The interval holds the truth."""
        return self.low <= self.truth <= self.high

    @property
    def unadjusted_holds(self) -> bool:
        """The unadjusted interval holds the truth."""
        return self.unadjusted_low <= self.truth <= self.unadjusted_high


def complete(frame: pl.DataFrame) -> pl.DataFrame:
    """Columns that a campaign has besides; covariates that are not told are 0 for all."""
    nothing = [name for name in COVARIATES if name not in frame.columns]
    return frame.with_row_index("number").select(
        pl.format("c{}", pl.col("number").cast(pl.String).str.zfill(6)).alias("customer_id"),
        pl.exclude("number"),
        *(pl.lit(0.0).alias(name) for name in nothing),
        pl.lit(None, dtype=pl.String).alias("segment"),
        pl.lit(None, dtype=pl.String).alias("cluster"),
        pl.lit(0.0).alias("margin"),
        pl.lit(value=True).alias("has_unknown_margin"),
    )


def read_hillstrom() -> pl.DataFrame:
    """Men's e-mail and the control."""
    return (
        pl.read_parquet(HILLSTROM)
        .filter(pl.col("segment").is_in(["Mens E-Mail", "No E-Mail"]))
        .select(
            pl.when(segment="No E-Mail").then(pl.lit("not mailed")).otherwise(pl.lit("treatment")).alias("arm"),
            (pl.col("recency") * 30.0).alias("days_since_last_order"),
            pl.col("history").alias("mean_order_value"),
            pl.col("newbie").cast(pl.Float64).alias("recent_order_share"),
            (pl.col("mens") + pl.col("womens")).cast(pl.Float64).alias("category_count"),
            pl.col("visit").cast(pl.Float64).alias("responded"),
            pl.col("conversion").cast(pl.Float64).alias("converted"),
            pl.col("spend").cast(pl.Float64).alias("revenue"),
        )
    )


def differences(frame: pl.DataFrame) -> dict[str, float]:
    """Mailed less unmailed, by metric."""
    mailed, unmailed = frame.filter(arm="treatment"), frame.filter(arm="not mailed")
    found = {}
    for name, column in METRICS.items():
        found[name] = float(mailed[column].to_numpy().mean() - unmailed[column].to_numpy().mean())
    return found


def make_up(random: np.random.Generator) -> tuple[pl.DataFrame, dict[str, float]]:
    """A randomised campaign, half mailed, and the truth for the mailed."""
    liking = random.normal(size=CUSTOMERS)
    treated = random.random(CUSTOMERS) < 0.5
    responds = np.clip(0.12 + 0.08 * liking, 0.01, 0.6)
    lift = 0.04 + 0.02 * np.clip(liking, 0, None)
    price = random.lognormal(3.0 + 0.3 * liking, 0.7)
    fate = random.random(CUSTOMERS)
    unmailed, mailed = fate < responds, fate < responds + lift
    buys = np.where(treated, mailed, unmailed)
    frame = pl.DataFrame(
        {
            "arm": np.where(treated, "treatment", "not mailed"),
            "days_since_last_order": np.exp(4 - 0.7 * liking + random.normal(0, 0.4, CUSTOMERS)),
            "order_count": random.poisson(np.exp(0.5 + 0.4 * liking)) + 1.0,
            "mean_order_value": np.exp(3 + 0.5 * liking + random.normal(0, 0.3, CUSTOMERS)),
            "responded": buys.astype(float),
            "converted": buys.astype(float),
            "revenue": buys * price,
        }
    )
    gain = float((mailed.astype(float) - unmailed)[treated].mean())
    money = float(((mailed.astype(float) - unmailed) * price)[treated].mean())
    return frame, {"response": gain, "conversion": gain, "revenue": money}


def discard(frame: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Without most controls who had bought lately or for much: 8 % of the best are kept, 97 % of the poorest."""
    recent = frame["days_since_last_order"].rank("average").to_numpy() / frame.height
    money = frame["mean_order_value"].rank("average").to_numpy() / frame.height
    kept = 1 / (1 + np.exp(2.5 - 3 * recent - 3 * (1 - money)))
    mailed = (frame["arm"] == "treatment").to_numpy()
    return frame.filter(mailed | (random.random(frame.height) < kept))


def simulate(world: str, seed: int) -> list[Found]:
    """One campaign whose controls are discarded, by metric."""
    random = np.random.default_rng(seed)
    if world == "hillstrom":
        everybody = read_hillstrom()
        frame = everybody.sample(CUSTOMERS, with_replacement=True, seed=seed)
        truth = differences(everybody)
    else:
        frame, truth = make_up(random)
    left = discard(frame, random)
    rows = observe_campaign(complete(left), NO_PERIODS, NO_PERIODS, has_replies=True, seed=seed).uplift
    found = {row["metric"]: row for row in rows.filter(dimension="all").iter_rows(named=True)}
    return [
        Found(
            name,
            truth[name],
            *(float(found[name][figure]) for figure in ("uplift", "ci_low", "ci_high")),
            *compare_unadjusted(left, column),
        )
        for name, column in METRICS.items()
    ]


def compare_unadjusted(left: pl.DataFrame, column: str) -> tuple[float, float, float]:
    """Difference and Welch's interval."""
    arms = [left.filter(arm=arm)[column].to_numpy() for arm in ("treatment", "not mailed")]
    parts = [np.array([figure]) for values in arms for figure in (values.mean(), values.var(ddof=1), len(values))]
    found = compare_means(*parts)
    return float(found.estimate[0]), float(found.low[0]), float(found.high[0])


def main(simulations: int) -> None:
    """Print by world and metric how often the interval holds the truth."""
    for world in ("hillstrom", "made up"):
        with threadpool_limits(limits=1):
            found = [one for seed in range(simulations) for one in simulate(world, seed)]
        sys.stdout.write(f"\n{simulations} simulations, {world}\n")
        for metric in METRICS:
            rows = [one for one in found if one.metric == metric]
            truth, estimate, unadjusted, width = (
                np.mean([of(one) for one in rows])
                for of in (
                    lambda one: one.truth,
                    lambda one: one.estimate,
                    lambda one: one.unadjusted,
                    lambda one: one.high - one.low,
                )
            )
            sys.stdout.write(
                f"  {metric:10}  held {100 * np.mean([one.holds for one in rows]):5.1f} %, unadjusted "
                f"{100 * np.mean([one.unadjusted_holds for one in rows]):5.1f} %;  on average: truth {truth:.4f}, "
                f"estimate {estimate:.4f}, unadjusted {unadjusted:.4f}, width {width:.4f}\n"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
