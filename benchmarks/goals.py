"""What the night is to keep to, and whether it does."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.night import LATER
from benchmarks.results import Figures, Result, summarise

ORDERS = 10  # of a customer, about
MODELS = ("cluster", "value", "offer", "call", "plan", "forecast")
ALSO_USUAL = ("load", "segment", "cluster", "credit", "measure")  # what the script with pandas does too, and more
GROWTH = 1.05
FEWEST = 1_000_000  # customers below whom fixed costs say more than growth does
Ask = Callable[[list[Result], int, str], float | None]


@dataclass(frozen=True)
class Goal:
    """Something to keep to.

    Attributes:
        ask: from results, customers and measure to the figure; None where it was not measured.
        limit: what the figure is to be at most, or at least.
        measures: met if all keep to it.
        customers: the size that the goal is of; None: of every size.
    """

    text: str
    ask: Ask
    limit: float
    at_least: bool = False
    measures: tuple[str, ...] = ("seconds", "cpu")
    customers: int | None = None
    form: str = "{:.1f}"

    def is_met(self, figures: list[float]) -> bool:
        """Whether all keep to the limit."""
        return all(figure >= self.limit if self.at_least else figure <= self.limit for figure in figures)


def night_figures(results: list[Result], customers: int, *, later: bool = False) -> Figures | None:
    """Of the first night, or of the one after it."""
    found = summarise(results, customers, "night")
    if found is None:
        return None
    if later:
        return found.only(LATER)
    return Figures({name: step for name, step in found.steps.items() if not name.startswith(LATER)})


def _without_models(results: list[Result], customers: int, measure: str) -> float | None:
    night, floor = night_figures(results, customers), summarise(results, customers, "floor")
    if night is None or floor is None:
        return None
    return night.total(measure, tuple(name for name in night.steps if name not in MODELS)) / floor.total(measure)


def _scores(results: list[Result], customers: int, measure: str) -> float | None:
    night, floor = night_figures(results, customers), summarise(results, customers, "floor")
    if night is None or floor is None or not floor.steps["group"][measure]:
        return None
    return night.steps["segment"][measure] / floor.steps["group"][measure]


def _against_usual(results: list[Result], customers: int, measure: str) -> float | None:
    night, usual = night_figures(results, customers), summarise(results, customers, "usual")
    return usual.total(measure) / night.total(measure, ALSO_USUAL) if night and usual else None


def _against_k_means(results: list[Result], customers: int, measure: str) -> float | None:
    both = summarise(results, customers, "k_means")
    return both.steps["scikit-learn"][measure] / both.steps["cluster"][measure] if both else None


def _squares(results: list[Result], customers: int, measure: str) -> float | None:
    for result in results:
        if (result.customers, result.contender) == (customers, "k_means"):
            for row in result.rows:
                if row.get("step") == "squares":
                    return 100 * (float(row["cluster"]) / float(row["scikit-learn"]) - 1)
    return None


def _later(results: list[Result], customers: int, measure: str) -> float | None:
    first, later = night_figures(results, customers), night_figures(results, customers, later=True)
    return 100 * later.total(measure) / first.total(measure) if first and later else None


def _memory(results: list[Result], customers: int, measure: str) -> float | None:
    night = summarise(results, customers, "night")
    return night.total("peak") / 1024 if night else None


def growth(results: list[Result], smaller: int, larger: int, step: str, measure: str = "cpu") -> float | None:
    """The exponent by which a step of the night grows with orders between two sizes."""
    before, after = night_figures(results, smaller), night_figures(results, larger)
    if before is None or after is None or not before.steps[step][measure]:
        return None
    return math.log(after.steps[step][measure] / before.steps[step][measure]) / math.log(larger / smaller)


def _steepest(results: list[Result], customers: int, measure: str) -> float | None:
    smaller = max((r.customers for r in results if r.contender == "night" and r.customers < customers), default=None)
    night = night_figures(results, customers)
    if smaller is None or night is None:
        return None
    slowest = [name for name, step in night.steps.items() if step["cpu"] > 0.02 * night.total("cpu")]
    return max(
        (g for name in slowest if (g := growth(results, smaller, customers, name, measure)) is not None), default=None
    )


GOALS = (
    Goal("night without models, times the floor, at most 3", _without_models, 3),
    Goal("RFM, times the bare group-by, at most 1.5", _scores, 1.5),
    Goal("pandas and scikit-learn, times the same steps of the night, at least 20", _against_usual, 20, True),
    Goal(
        "k-means of scikit-learn on all customers, times the night's clusters, at least 20", _against_k_means, 20, True
    ),
    Goal(
        "sum of squares above that of k-means on all, in %, at most 0.1",
        _squares,
        0.1,
        measures=("cpu",),
        form="{:.3f}",
    ),
    Goal("night with 1 % new orders, in % of a full one, at most 15", _later, 15),
    Goal(
        "steepest growth with orders from the size before, as a power, at most 1.05", _steepest, GROWTH, form="{:.2f}"
    ),
    Goal("most memory, in GiB, at most 4", _memory, 4, measures=("cpu",)),
)
