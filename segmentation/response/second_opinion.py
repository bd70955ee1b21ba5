"""A second opinion on a campaign without hold-out: did the mailed change more than the unmailed?

Difference in differences needs another assumption than weighting: unmailed alike, those who are mailed may be better
customers always, as long as both would have changed by the same. What the models take is known before the first of both
periods, so the spend that both may have been chosen by is no part of it. Where both ways agree, they would have to be
wrong in the same way.

References: A. Abadie (2005), Review of Economic Studies 72, 1-19; P. H. C. Sant'Anna, J. Zhao (2020), Journal of
Econometrics 219, 101-122, doubly robust for panels; N.-C. Chang (2020), The Econometrics Journal 23, 177-191,
cross-fitted.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.response.covariates import know
from segmentation.response.doubly_robust import Effect, estimate_effect, score_customers
from segmentation.response.intervals import NORMAL
from segmentation.response.metrics import RESPONSE_METRICS, ResponseMetric
from segmentation.response.overlap import NONE, check_overlap, reason_of, verdict_of
from segmentation.response.propensity import Assignment, model_mailing
from segmentation.response.question import NO_MARGIN

METHOD = "difference in differences"
EARLIER = ("order_count", "spend", "days_since_last_order", "tenure_days")  # known before both periods
COMPARED = tuple(metric for metric in RESPONSE_METRICS if metric.name != "response")  # replies are of one campaign
FEWEST = 50  # mailed, and unmailed
TOO_FEW = f"fewer than {FEWEST} mailed or unmailed customers had bought before the periods that are compared"
NOTHING_TO_COMPARE = "the first estimate is missing, so there is nothing to agree with"
MOVED_APART = "mailed and unmailed moved apart before the mailing already, so this way is not to be relied on here"

SECOND_OPINION_SCHEMA = {
    "metric": pl.String,
    "method": pl.String,
    "treated": pl.Int64,
    "control": pl.Int64,
    "estimate": pl.Float64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
    "difference": pl.Float64,
    "difference_ci_low": pl.Float64,
    "difference_ci_high": pl.Float64,
    "agrees": pl.String,
    "placebo": pl.Float64,
    "placebo_ci_low": pl.Float64,
    "placebo_ci_high": pl.Float64,
    "placebo_verdict": pl.String,
    "note": pl.String,
}


@dataclass(frozen=True)
class Panel:
    """Customers with what they did in two periods.

    Attributes:
        customers: those known before both periods, sorted by customer_id, with `place`: their row among all customers.
        assignment, columns: models of the mailing; None with a `reason`.
    """

    customers: pl.DataFrame
    assignment: Assignment | None
    columns: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
    reason: str | None

    def change(self, metric: ResponseMetric) -> Effect | str:
        """By how much more the mailed changed, or why that cannot be told."""
        if self.assignment is None:
            return str(self.reason)
        if metric.name == "margin" and self.customers["has_unknown_margin"].any():
            return NO_MARGIN
        after, before = (self.customers[f"{metric.column}_{when}"].to_numpy() for when in ("after", "before"))
        scores = score_customers(self.assignment, after - before, self.columns, kind="mean")
        return estimate_effect(scores, np.ones(len(after), dtype=bool))


def build_panel(customers: pl.DataFrame, periods: pl.DataFrame, *, seed: int) -> Panel:
    """The customers of `periods` among `customers`.

    Args:
        customers: one row per customer known before the mailing, sorted: `customer_id`, `arm`.
        periods: rows of sql/campaign_periods.sql.
        seed: of the folds.
    """
    panel = (
        customers.select("customer_id", "arm")
        .with_row_index("place")
        .join(periods, on="customer_id", how="inner", maintain_order="left")
    )
    treated = (panel["arm"] == "treatment").to_numpy()
    columns = know(panel, EARLIER).straightened
    if min(treated.sum(), (~treated).sum()) < FEWEST:
        return Panel(panel, None, columns, TOO_FEW)
    assignment = model_mailing(treated, columns, seed=seed)
    overlap = check_overlap(assignment)
    if verdict_of(overlap) == NONE:
        return Panel(panel, None, columns, reason_of(overlap))
    return Panel(panel, assignment, columns, None)


def ask_second_opinion(effects: dict[str, Effect], panel: Panel, placebo: Panel) -> pl.DataFrame:
    """Difference in differences of each metric, beside the first estimate.

    Both agree if the interval of their difference contains 0; it takes account of their being made of the same
    customers. The placebo is the same a period earlier, when nothing had been mailed yet: it should be 0.

    Args:
        effects: first estimates by metric, over the customers that panels were built from.
        panel: the period before the mailing, and that from the mailing on.
        placebo: two periods before the mailing.
    Returns: SECOND_OPINION_SCHEMA, a row per metric of COMPARED.
    """
    rows = [_compare(metric.name, effects.get(metric.name), panel, placebo) for metric in COMPARED]
    return pl.DataFrame(rows, schema=SECOND_OPINION_SCHEMA)


def _compare(name: str, first: Effect | None, panel: Panel, placebo: Panel) -> dict[str, object]:
    metric = next(metric for metric in COMPARED if metric.name == name)
    treated = panel.customers["arm"] == "treatment"
    row: dict[str, object] = {
        "metric": name,
        "method": METHOD,
        "treated": int(treated.sum()),
        "control": int((~treated).sum()),
    }
    change = panel.change(metric)
    if isinstance(change, str):
        return row | {"note": change}
    low, high = change.interval
    row |= {"estimate": change.estimate, "ci_low": low, "ci_high": high} | _judge_placebo(placebo.change(metric))
    row |= {"note": NOTHING_TO_COMPARE} if first is None else _agree(first, change, panel.customers["place"].to_numpy())
    if row["placebo_verdict"] == "fail":
        row["note"] = "; ".join(str(part) for part in (MOVED_APART, row.get("note")) if part)
    return row


def _judge_placebo(placebo: Effect | str) -> dict[str, object]:
    if isinstance(placebo, str):
        return {"placebo_verdict": "not known"}
    low, high = placebo.interval
    verdict = "pass" if low <= 0 <= high else "fail"
    return {"placebo": placebo.estimate, "placebo_ci_low": low, "placebo_ci_high": high, "placebo_verdict": verdict}


def _agree(first: Effect, change: Effect, place: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> dict[str, object]:
    influence = first.influence.copy()
    influence[place] -= change.influence
    difference, half = first.estimate - change.estimate, NORMAL * float(np.sqrt((influence**2).sum()))
    return {
        "difference": difference,
        "difference_ci_low": difference - half,
        "difference_ci_high": difference + half,
        "agrees": "yes" if abs(difference) <= half else "no",
    }
