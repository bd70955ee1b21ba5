"""Which candidate ranks customers: judged on customers it has not seen, and none chosen for luck."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from segmentation.prediction.learners import UpliftLearner
from segmentation.prediction.qini import Array, Mask, qini_curve
from segmentation.prediction.resampling import Resampled, resample_curves

BEYOND_LUCK = 2.0  # standard errors of the difference


@dataclass(frozen=True)
class Candidate:
    """A way to rank customers.

    Attributes:
        learns: what, in words.
    """

    name: str
    learns: str
    make: Callable[[], UpliftLearner]


@dataclass(frozen=True)
class Judged:
    """A candidate's result.

    Attributes:
        gain: additional outcome per 1,000 customers, on average over all depths of mailing, against a random order:
            the area of the curve above random, by customers squared.
        low, high: ends of the 95 % interval.
        scores: of each customer, from the fit that has not seen the customer, as ranks within the fold (0-1).
        curves: of the resamples.
    """

    candidate: Candidate
    gain: float
    low: float
    high: float
    scores: Array
    curves: Resampled


@dataclass(frozen=True)
class Choice:
    """What is chosen, and why.

    Attributes:
        judged: all candidates in the order given.
    """

    chosen: Judged
    reason: str
    judged: tuple[Judged, ...]


def judge(
    candidates: Sequence[Candidate],
    X: Array,
    y: Array,
    treated: Mask,
    *,
    weight: Array,
    fold: npt.NDArray[np.int64],
    seed: int,
) -> tuple[Judged, ...]:
    """Score every customer by a fit without the customer's fold, then measure the order of all.

    Scores are ranked within the fold, ties together, since fits of different folds need not agree in level.

    Args:
        treated: all True where nobody was held out; then the gain is in responses of the mailed, not incremental.
        fold: number of each customer's fold; a customer of several mailings has one.
        seed: of the resamples.
    """
    scores: dict[str, Array] = {}
    for candidate in candidates:
        ranked = np.empty(len(y))
        for number in np.unique(fold):
            fit, held = fold != number, fold == number
            learner = candidate.make().fit(X[fit], y[fit], treated[fit], weight[fit])
            ranked[held] = (stats.rankdata(learner.predict(X[held])) - 0.5) / held.sum()
        scores[candidate.name] = ranked
    curves = resample_curves(y, treated, scores, weight=weight, seed=seed)
    return tuple(_tell(candidate, y, treated, scores, weight, curves) for candidate in candidates)


def _tell(
    candidate: Candidate,
    y: Array,
    treated: Mask,
    scores: dict[str, Array],
    weight: Array,
    curves: Mapping[str, Resampled],
) -> Judged:
    ranked, drawn = scores[candidate.name], curves[candidate.name]
    curve = qini_curve(y, treated, ranked, weight)
    low, high = np.quantile(
        _per_thousand(drawn.area_above_random, drawn.mailed[:, -1], drawn.targeted[:, -1]), [0.025, 0.975]
    )
    mailed = float((weight * treated).sum())
    gain = float(_per_thousand(np.array(curve.area_above_random), np.array(mailed), np.array(curve.targeted[-1])))
    return Judged(candidate, gain, float(low), float(high), ranked, drawn)


def _per_thousand(area: Array, mailed: Array, targeted: Array) -> Array:
    """Area as outcomes per 1,000 customers: the curve is on the scale of the mailed."""
    return 1000 * area / (targeted * mailed)


def choose(judged: Sequence[Judged]) -> Choice:
    """The first candidate, unless another is better beyond luck; of several that are, the best.

    The best of many is partly the luckiest, so the one that needs no luck comes first: it holds response model and
    single flags as special cases. Beyond luck is by BEYOND_LUCK standard errors of the difference, from resamples of
    the same customers.
    """
    first = judged[0]
    proven = [other for other in judged[1:] if is_better(other, first)]
    best = max(proven, key=lambda other: other.gain, default=first)
    return Choice(best, _explain(best, first), tuple(judged))


def is_better(one: Judged, other: Judged) -> bool:
    """Whether one candidate gains more than the other beyond luck."""
    areas = [
        _per_thousand(of.curves.area_above_random, of.curves.mailed[:, -1], of.curves.targeted[:, -1])
        for of in (one, other)
    ]
    return one.gain - other.gain > BEYOND_LUCK * float((areas[0] - areas[1]).std(ddof=1))


def _explain(best: Judged, first: Judged) -> str:
    if best is first:
        return "the first choice: no other candidate gains more beyond luck"
    by = f"{best.gain:.3g} per 1,000 mailed against {first.gain:.3g} of {first.candidate.name}"
    return f"gains more beyond luck: {by}"


def choose_simplest(judged: Sequence[Judged]) -> Choice:
    """The simplest candidate that is not beaten beyond luck by the best; candidates are given simplest first."""
    best = max(judged, key=lambda other: other.gain)
    chosen = next(other for other in judged if other is best or not is_better(best, other))
    reason = (
        "gains most"
        if chosen is best
        else f"the simplest that none beats beyond luck: {chosen.gain:.3g} per 1,000 mailed against {best.gain:.3g}"
    )
    return Choice(chosen, reason, tuple(judged))
