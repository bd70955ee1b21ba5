"""How features are made alike before distances are taken: a long upper tail is drawn in, then mean 0, deviation 1."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy import stats

Matrix = npt.NDArray[np.float64]

SKEWED = 1.0  # skewness above which the upper tail is drawn in
KNOTS = 200  # values that ranks are taken among
CLOSE_TO_CONSTANT = 1e-9
SAME_FEATURE = 0.9  # correlation above which a feature says what an earlier one has said


def _rank(values: Matrix, knots: Matrix) -> Matrix:
    below, up_to = (np.searchsorted(knots, values, side=side) for side in ("left", "right"))
    ranks: Matrix = (below + up_to) / (2 * max(len(knots), 1))
    return ranks


SHAPES: dict[str, Callable[[Matrix, Matrix], Matrix]] = {
    "plain": lambda values, _: values,
    "log": lambda values, _: np.log1p(np.maximum(values, 0)),
    "rank": _rank,
}


@dataclass(frozen=True)
class Scaling:
    """How a feature is brought to mean 0 and standard deviation 1.

    Attributes:
        shape: a key of SHAPES: `plain`, `log` (ln(1 + x)) or `rank` (share of the knots below; ties half).
        knots: values of the fitted customers, ascending; of shape rank only.
        filler: value of a customer who has none: the median.
    """

    feature: str
    shape: str
    mean: float
    scale: float
    filler: float
    knots: tuple[float, ...] = ()

    def apply(self, values: Matrix) -> Matrix:
        """Scaled values; NaN is taken as the filler."""
        known = np.where(np.isnan(values), self.filler, values)
        return (SHAPES[self.shape](known, np.array(self.knots)) - self.mean) / self.scale

    @classmethod
    def fit(cls, feature: str, values: Matrix) -> "Scaling":
        """The plainest shape without a long upper tail, else ranks; `values` are finite or NaN, one of them finite."""
        known = values[~np.isnan(values)]
        shape = _choose_shape(known)
        knots = np.quantile(known, np.linspace(0, 1, KNOTS), method="inverted_cdf") if shape == "rank" else np.array([])
        filler = float(np.median(known))
        straight = SHAPES[shape](np.where(np.isnan(values), filler, values), knots)
        return cls(feature, shape, float(straight.mean()), float(straight.std()), filler, tuple(knots.tolist()))


def _choose_shape(known: Matrix) -> str:
    if _skewness(known) <= SKEWED:
        return "plain"
    return "log" if known.min() >= 0 and _skewness(np.log1p(known)) <= SKEWED else "rank"


def _skewness(values: Matrix) -> float:
    """How far the upper tail reaches; below 0 where the lower one does, 0 for values that are all alike."""
    spread = np.ptp(values)  # of the range, so that huge amounts do not overflow
    return float(stats.skew((values - values.min()) / spread)) if spread > 0 else 0.0


@dataclass(frozen=True)
class Scalings:
    """The features that clusters are made of.

    Attributes:
        used: in the order of the columns of a matrix.
        left_out: why a feature is not used, by its name.
    """

    used: tuple[Scaling, ...]
    left_out: dict[str, str]

    def apply(self, customers: pl.DataFrame) -> Matrix:
        """Customers x features used, scaled; same rows, same order."""
        columns = [scaling.apply(_values(customers, scaling.feature)) for scaling in self.used]
        return np.column_stack(columns) if columns else np.empty((customers.height, 0))


def fit_scalings(customers: pl.DataFrame, features: Sequence[str]) -> Scalings:
    """Scaling of each feature, but for those without a value, alike for all customers, or following an earlier one.

    Args:
        customers: one row per customer with a numeric column per feature; NULL where the customer has none.
    """
    used: list[tuple[Scaling, Matrix]] = []
    left_out: dict[str, str] = {}
    for feature in features:
        values = _values(customers, feature)
        if np.isnan(values).all():
            left_out[feature] = "no customer has a value"
            continue
        scaling = Scaling.fit(feature, values)
        if scaling.scale <= CLOSE_TO_CONSTANT * max(abs(scaling.mean), 1):
            left_out[feature] = "the same for all customers"
            continue
        scaled = scaling.apply(values)
        correlations = [(float((scaled * column).mean()), other.feature) for other, column in used]
        closest = max(correlations, key=lambda found: abs(found[0]), default=(0.0, ""))
        if abs(closest[0]) > SAME_FEATURE:
            left_out[feature] = f"goes with {closest[1]} (correlation {closest[0]:.2f})"
            continue
        used.append((scaling, scaled))
    return Scalings(tuple(scaling for scaling, _ in used), left_out)


def _values(customers: pl.DataFrame, feature: str) -> Matrix:
    values: Matrix = customers[feature].cast(pl.Float64).fill_null(float("nan")).to_numpy()
    return values
