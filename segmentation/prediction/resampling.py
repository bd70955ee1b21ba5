"""Bootstrap of curves: orders of the same customers are drawn together, so that differences are those of the orders."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segmentation.prediction.qini import Array, Mask

Numbers = npt.NDArray[np.int64]

BLOCKS = 400  # parts of each arm that are drawn
MOST_STEPS = 200  # different scores; beyond that neighbours are put together
RESAMPLES = 500


@dataclass(frozen=True)
class Resampled:
    """Curves of resamples by how many are targeted: resamples x (steps + 1), from 0 to all.

    Attributes:
        targeted: customers.
        mailed: of them, mailed.
        gain: as qini.Curve.
    """

    targeted: Array
    mailed: Array
    gain: Array

    @property
    def area_above_random(self) -> Array:
        """Of each resample; see qini.Curve."""
        widths, middles = np.diff(self.targeted, axis=1), (self.gain[:, 1:] + self.gain[:, :-1]) / 2
        area: Array = (widths * middles).sum(axis=1) - self.targeted[:, -1] * self.gain[:, -1] / 2
        return area

    def at(self, share: Array) -> Array:
        """Gain where these shares are targeted: resamples x shares."""
        return np.array(
            [np.interp(share * x[-1], x, y) for x, y in zip(self.targeted, self.gain, strict=True)]
        ).reshape(len(self.gain), len(share))


def resample_curves(
    outcome: Array,
    treated: Mask,
    scores: Mapping[str, Array],
    *,
    weight: Array,
    seed: int,
    resamples: int = RESAMPLES,
) -> dict[str, Resampled]:
    """Curves of each score in the same resamples; arms keep their size.

    Each arm is dealt at random to blocks, and whole blocks are drawn with replacement: as customers are exchangeable,
    blocks are too, and the work does not grow with customers times resamples.

    References: A. C. Davison, D. V. Hinkley (1997), Bootstrap Methods and their Application, section 3.2, for several
    samples.
    """
    random = np.random.default_rng(seed)
    block, drawn = np.empty(len(outcome), dtype=np.int64), np.zeros((resamples, 2 * BLOCKS))
    for number, arm in enumerate((treated, ~treated)):
        members = np.flatnonzero(arm)
        if len(members):
            blocks = min(BLOCKS, len(members))
            block[members] = number * BLOCKS + random.permutation(np.arange(len(members)) % blocks)
            first = number * BLOCKS
            drawn[:, first : first + blocks] = random.multinomial(blocks, np.full(blocks, 1 / blocks), size=resamples)
    return {name: _resample(outcome, score, block, drawn, weight) for name, score in scores.items()}


def step_of(score: Array) -> Numbers:
    """Number of the step of each customer, 0 for the highest scores; equal scores are never parted."""
    values, place, count = np.unique(-score, return_inverse=True, return_counts=True)
    if len(values) <= MOST_STEPS:
        return place.astype(np.int64)
    part = np.floor(MOST_STEPS * (np.cumsum(count) - count / 2) / count.sum())
    _, number = np.unique(part, return_inverse=True)
    steps: Numbers = number[place].astype(np.int64)
    return steps


def _resample(outcome: Array, score: Array, block: Numbers, drawn: Array, weight: Array) -> Resampled:
    steps = step_of(score)
    size = int(steps.max()) + 1
    cell = block * size + steps

    def sums(values: Array) -> tuple[Array, Array]:
        """Cumulative sums of the mailed and of the held out, by resample and step."""
        of_cells = np.bincount(cell, values, minlength=2 * BLOCKS * size).reshape(2 * BLOCKS, size)
        parts = [drawn[:, half] @ of_cells[half] for half in (slice(BLOCKS), slice(BLOCKS, None))]
        first, second = (np.cumsum(np.pad(part, ((0, 0), (1, 0))), axis=1) for part in parts)
        return first, second

    mailed, held_out = sums(weight)
    of_mailed, of_held_out = sums(weight * outcome)
    expected = np.divide(of_held_out * mailed, held_out, out=np.zeros_like(mailed), where=held_out > 0)
    return Resampled(mailed + held_out, mailed, of_mailed - expected)
