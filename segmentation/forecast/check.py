"""The ways on weeks that are over: from each earlier date, knowing nothing later, against what came."""

import numpy as np
import polars as pl

from segmentation.forecast.ways import AHEAD, BEFORE, DONE, MEAN, SEASON, STEP, WAYS, YEAR, Array, Sales, foresee

ALL = "all"
BANDS = {"1-4": slice(0, 4), "5-8": slice(4, 8), "9-12": slice(8, 12)}
HORIZONS = BANDS | {"1-12": slice(0, AHEAD)}
CONFIDENCE = 0.95
FEWEST_ERRORS = 19  # of fewer no error can be so large that 95 % are expected to be smaller
NO_YEAR = "needs a year of sales before each date it is checked from"
TOO_SHORT = "needs 36 weeks of sales to be checked"


def checked_origins(origins: int) -> list[int]:
    """Origins with their 12 weeks behind them and at least one origin to learn from."""
    return list(range(DONE, origins - DONE))


def backtest(sales: Sales, full_weeks: int) -> dict[str, Array]:
    """What each way would have foreseen: origins x segments x weeks, by way.

    Args:
        full_weeks: weeks of sales there are before tonight. Last year is a way only where each origin has one before.
    """
    origins = checked_origins(len(sales.customers))
    ways = [way for way in WAYS if way != SEASON or (origins and full_weeks >= STEP * origins[-1] + YEAR)]
    return {way: np.stack([foresee(way, sales, origin) for origin in origins]) for way in ways if origins}


def judge_forecasts(sales: Sales, foreseen: dict[str, Array]) -> pl.DataFrame:
    """The figures of targeting.forecast_check; the mean of 12 weeks is chosen where nothing can be checked.

    References: R. J. Hyndman, A. B. Koehler (2006), Another look at measures of forecast accuracy, International
        Journal of Forecasting 22, 679-688, for the scaled error (not seasonal).
    """
    rows = [row for way, weeks in foreseen.items() for row in _judge(way, sales, weeks)]
    missing = [way for way in WAYS if way not in foreseen]
    rows += [
        {"method": way, "segment": ALL, "horizon": "1-12", "note": NO_YEAR if foreseen else TOO_SHORT}
        for way in missing
    ]
    chosen = choose_way(sales, foreseen)
    texts, numbers = ("method", "segment", "horizon", "note"), ("wape", "mase", "bias")
    schema = {**dict.fromkeys(texts, pl.String), "origins": pl.Int64, **dict.fromkeys(numbers, pl.Float64)}
    return pl.DataFrame(rows, schema=schema).with_columns(chosen=pl.col("method") == chosen)


def choose_way(sales: Sales, foreseen: dict[str, Array]) -> str:
    """The way with the least absolute error, summed over segments, origins and weeks; of equal ones the simpler."""
    came = sales.after[checked_origins(len(sales.customers))]
    errors = {way: float(np.abs(weeks - came).sum()) for way, weeks in foreseen.items()}
    return min(errors, key=errors.__getitem__) if errors else MEAN


def _judge(way: str, sales: Sales, foreseen: Array) -> list[dict[str, object]]:
    origins = checked_origins(len(sales.customers))
    came = with_all(sales.after[origins])
    error = np.abs(with_all(foreseen) - came)
    steps = np.abs(np.diff(with_all(sales.weeks[origins][:, :, BEFORE - AHEAD : BEFORE]), axis=2)).mean(axis=2)
    rows: list[dict[str, object]] = []
    for place, segment in enumerate((*sales.segments, ALL)):
        for horizon, weeks in HORIZONS.items():
            off, of = float(error[:, place, weeks].sum()), float(came[:, place, weeks].sum())
            sum_foreseen = float(with_all(foreseen)[:, place, weeks].sum())
            scale = float(steps[:, place].mean())
            rows.append(
                {
                    "method": way,
                    "segment": segment,
                    "horizon": horizon,
                    "origins": len(origins),
                    "wape": off / of if of > 0 else None,
                    "mase": float(error[:, place, weeks].mean()) / scale if scale > 0 else None,
                    "bias": sum_foreseen / of - 1 if of > 0 else None,
                    "note": None if of > 0 else "nothing came from these customers",
                }
            )
    return rows


def with_all(weeks: Array) -> Array:
    """With a further segment: all together."""
    return np.concatenate([weeks, weeks.sum(axis=1, keepdims=True)], axis=1)


def half_widths(sales: Sales, foreseen: Array) -> Array | None:
    """How far off 95 % of such forecasts are: segments and all x weeks; None where there are too few to tell.

    The error at rank ceil(0.95 (n + 1)) of the n of a segment and four weeks of horizon (split conformal). Errors of
    origins four weeks apart are not independent, so it is an approximation.

    References: V. Vovk, A. Gammerman, G. Shafer (2005), Algorithmic Learning in a Random World, chapter 4.
    """
    origins = checked_origins(len(sales.customers))
    errors = np.abs(with_all(foreseen) - with_all(sales.after[origins]))
    widths = np.zeros(errors.shape[1:])
    for weeks in BANDS.values():
        sorted_errors = np.sort(errors[:, :, weeks].transpose(1, 0, 2).reshape(errors.shape[1], -1), axis=1)
        count = sorted_errors.shape[1]
        if count < FEWEST_ERRORS:
            return None
        widths[:, weeks] = sorted_errors[:, int(np.ceil(CONFIDENCE * (count + 1))) - 1][:, None]
    return widths
