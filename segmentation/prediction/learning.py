"""What earlier mailings of a channel teach: who responds, what a responder spends, and whom the mailing moves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from segmentation.prediction.candidates import BOOSTED, RESPONSE, response_candidates, uplift_candidates
from segmentation.prediction.choice import Candidate, Choice, Judged, choose, choose_simplest, judge
from segmentation.prediction.encoding import Encoding, choose_encoding
from segmentation.prediction.learners import UpliftLearner
from segmentation.prediction.money import MoneyLine, fit_money
from segmentation.prediction.qini import Array, Mask
from segmentation.prediction.rates import BoostedRate, CellRate, LogisticRate, Rate
from segmentation.prediction.response import CalibratedRate, Value, fit_calibrated, fit_value, tabulate_calibration
from segmentation.response.covariates import COVARIATES

FOLDS = 5
FEWEST_RESPONSES = 100  # of the mailed, for a model of them
FEWEST_IN_ARM = 30  # responses of the mailed, and of those held out, for a model of uplift
MOST_JUDGED = 100_000  # customers that candidates are compared on; the one chosen is fitted on all
NUMBERS = (*COVARIATES, "spend")
CELL = ("days_since_last_order", "order_count", "spend")

NO_CAMPAIGN = "no earlier mailing of this channel has ended"


@dataclass(frozen=True)
class Sample:
    """The customers that candidates were judged on, in the order of their scores; one element each."""

    outcome: Array
    revenue: Array
    treated: Mask
    weight: Array


@dataclass(frozen=True)
class ResponseModel:
    """Who responds when mailed.

    Attributes:
        outcome: `responded`, or `converted` where no replies were recorded.
        calibration: see response.tabulate_calibration.
        value: None where too few responders spent anything.
    """

    outcome: str
    sample: Sample
    choice: Choice
    rate: CalibratedRate
    calibration: pl.DataFrame
    value: Value | None


@dataclass(frozen=True)
class UpliftModel:
    """Whom the mailing moves.

    Attributes:
        outcome: `responded`, or `converted` where those held out have no recorded replies.
        ranks: scores of the training customers, ascending.
    """

    outcome: str
    sample: Sample
    choice: Choice
    learner: UpliftLearner
    ranks: Array
    money: MoneyLine

    def rank(self, X: Array) -> Array:
        """Share of the training customers with a lower score, ties half (0-1)."""
        score = self.learner.predict(X)
        below, up_to = (np.searchsorted(self.ranks, score, side=side) for side in ("left", "right"))
        ranks: Array = (below + up_to) / (2 * len(self.ranks))
        return ranks


@dataclass(frozen=True)
class Learnt:
    """What was learnt, and why not where it was not.

    Attributes:
        rows: customers trained on, by campaign.
        response, uplift: the model, or the reason why there is none.
    """

    rows: pl.DataFrame
    encoding: Encoding
    response: ResponseModel | str
    uplift: UpliftModel | str


def learn(rows: pl.DataFrame, attributes: Sequence[str], *, seed: int) -> Learnt:
    """Choose and fit the models.

    Args:
        rows: rows of sql/training_rows.sql of every campaign, sorted by campaign and customer; with `held_out`, the
            customers held out of the campaign.
        attributes: columns of `rows` with text.
        seed: of folds and resamples.
    """
    if rows.is_empty():
        return Learnt(rows, Encoding((), {}), NO_CAMPAIGN, NO_CAMPAIGN)
    encoding = choose_encoding(rows, NUMBERS, attributes)
    return Learnt(rows, encoding, _learn_response(rows, encoding, seed), _learn_uplift(rows, encoding, seed))


def _learn_response(rows: pl.DataFrame, encoding: Encoding, seed: int) -> ResponseModel | str:
    mailed = rows.filter("treated")
    outcome = "responded" if mailed["responded"].sum() else "converted"
    y = mailed[outcome].to_numpy()
    if why := _too_few(int(y.sum()), len(y), FEWEST_RESPONSES, "responses of the mailed"):
        return why
    X, cell = encoding.apply(mailed), [name for name in CELL if name in encoding.names]
    fold, revenue = deal_customers(mailed["customer_id"], seed), mailed["revenue"].to_numpy()
    order = np.random.default_rng(seed).permutation(len(y))[:MOST_JUDGED]
    everybody = np.ones(len(order), dtype=bool)
    sample = Sample(y[order], revenue[order], everybody, np.ones(len(order)))
    judged = _judge(response_candidates(encoding.names, cell), X[order], sample, fold[order], seed)
    choice = choose_simplest(judged)
    columns = tuple(encoding.names.index(name) for name in cell)
    makes: dict[str, Callable[[], Rate]] = {RESPONSE: LogisticRate, BOOSTED: BoostedRate}
    make = makes.get(choice.chosen.candidate.name, lambda: CellRate(columns))
    rate, unseen = fit_calibrated(make, X, y, fold)
    money = revenue[y > 0]
    value = fit_value(X[y > 0], np.maximum(money, 0)) if (money > 0).sum() >= FEWEST_RESPONSES else None
    return ResponseModel(outcome, sample, choice, rate, tabulate_calibration(unseen, y), value)


def _learn_uplift(rows: pl.DataFrame, encoding: Encoding, seed: int) -> UpliftModel | str:
    both = rows.filter(pl.col("treated").any().over("campaign_id") & (~pl.col("treated")).any().over("campaign_id"))
    if both.is_empty():
        return "no earlier mailing of this channel held anybody out, so no uplift can be learnt"
    treated = both["treated"].to_numpy()
    outcome = "responded" if both.filter(~pl.col("treated"))["responded"].sum() else "converted"
    y = both[outcome].to_numpy()
    for arm, what in ((treated, "of the mailed"), (~treated, "of those held out")):
        if why := _too_few(int(y[arm].sum()), int(arm.sum()), FEWEST_IN_ARM, f"{_WORDS[outcome]} {what}"):
            return why
    X, weight = encoding.apply(both), weigh_arms(both)
    fold = deal_customers(both["customer_id"], seed)
    order = np.random.default_rng(seed).permutation(len(y))[:MOST_JUDGED]
    cell = [name for name in CELL if name in encoding.names]
    sample = Sample(y[order], both["revenue"].to_numpy()[order], treated[order], weight[order])
    judged = _judge(uplift_candidates(encoding.names, cell, seed=seed), X[order], sample, fold[order], seed)
    choice = choose(judged)
    learner = choice.chosen.candidate.make().fit(X, y, treated, weight)
    money = fit_money(choice.chosen.scores, sample.revenue, sample.treated, sample.weight)
    return UpliftModel(outcome, sample, choice, learner, np.sort(learner.predict(X)), money)


def _judge(
    candidates: Sequence[Candidate], X: Array, sample: Sample, fold: npt.NDArray[np.int64], seed: int
) -> tuple[Judged, ...]:
    return judge(candidates, X, sample.outcome, sample.treated, weight=sample.weight, fold=fold, seed=seed)


_WORDS = {"responded": "replies", "converted": "purchases"}


def _too_few(found: int, of: int, fewest: int, what: str) -> str | None:
    if found >= fewest and of - found >= fewest:
        return None
    return f"{found:,} {what} are too few (or too near to all) to learn from; {fewest} are needed"


def deal_customers(customers: pl.Series, seed: int) -> npt.NDArray[np.int64]:
    """Fold of each row; a customer of several mailings is in one fold."""
    _, number = np.unique(customers.to_numpy(), return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(np.arange(number.max() + 1) % FOLDS)
    fold: npt.NDArray[np.int64] = dealt[number]
    return fold


def weigh_arms(rows: pl.DataFrame) -> Array:
    """Weights by which every campaign has the share of mailed customers that all campaigns have together.

    Without them a campaign with a small hold-out and a high response would look like an effect.
    """
    treated: Mask = rows["treated"].to_numpy()
    share = rows.select(pl.col("treated").mean().over("campaign_id"))["treated"].to_numpy()
    overall = float(treated.mean())
    return np.where(treated, overall / share, (1 - overall) / (1 - share))
