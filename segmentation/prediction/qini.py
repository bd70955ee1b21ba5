"""Qini: what a ranking of customers brings, measured where some were held out; equal scores are taken together."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Curve:
    """Incremental outcome by how many are targeted, the highest scores first.

    Attributes:
        targeted: customers, from 0 to all; one point for each different score.
        gain: outcome of the targeted treated, less that of the targeted control on the scale of the treated.
    """

    targeted: Array
    gain: Array

    @property
    def area_above_random(self) -> float:
        """Area between the curve and the straight line that a random order gives on average."""
        return float(np.trapezoid(self.gain, self.targeted) - self.targeted[-1] * self.gain[-1] / 2)

    def at(self, share: Array) -> Array:
        """Gain where these shares (0-1) are targeted; between two points a random part of the tied is taken."""
        found: Array = np.interp(share * self.targeted[-1], self.targeted, self.gain)
        return found


def qini_curve(outcome: Array, treated: Mask, score: Array, weight: Array | None = None) -> Curve:
    """Points of the Qini curve.

    While no control is among the targeted, nothing is taken off.

    Args:
        outcome: what each customer did.
        score: higher is targeted first.
        weight: how often each customer counts; once where None.

    References: N. J. Radcliffe (2007), Direct Marketing Analytics Journal 1, 14-21.
    """
    count = np.ones(len(outcome)) if weight is None else weight
    _, place = np.unique(-score, return_inverse=True)
    arms = [
        np.cumsum(np.bincount(place, part, minlength=place.max() + 1))
        for part in (count * treated, count * ~treated, count * outcome * treated, count * outcome * ~treated)
    ]
    mailed, held_out, of_mailed, of_held_out = arms
    expected = np.divide(of_held_out * mailed, held_out, out=np.zeros(len(mailed)), where=held_out > 0)
    return Curve(np.r_[0.0, mailed + held_out], np.r_[0.0, of_mailed - expected])


def qini_score(outcome: Array, treated: Mask, score: Array) -> float:
    """Area of the Qini curve above that of a random order; 0 is no better than chance."""
    return qini_curve(outcome, treated, score).area_above_random


def normalised_qini(outcome: Array, treated: Mask, score: Array) -> float:
    """Area above random as a share of that of the order that knows every outcome; as scikit-uplift 0.5.1 defines it.

    Args:
        outcome: 0 or 1.
    """
    best = qini_score(outcome, treated, np.where(treated, outcome, -outcome))
    return qini_score(outcome, treated, score) / best
