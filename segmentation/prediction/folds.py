"""Folds that are the same on every run."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from segmentation.prediction.qini import Mask


def draw_folds(strata: npt.NDArray[np.bool_], folds: int, seed: int) -> Iterator[tuple[Mask, Mask]]:
    """For each fold, who is fitted on and who is not; both strata are spread evenly over the folds."""
    fold = number_folds(strata, folds, seed)
    for number in range(folds):
        yield fold != number, fold == number


def number_folds(strata: npt.NDArray[np.bool_], folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Fold of each customer."""
    random, fold = np.random.default_rng(seed), np.empty(len(strata), dtype=np.int64)
    for stratum in (strata, ~strata):
        members = np.flatnonzero(stratum)
        fold[members] = random.permutation(np.arange(len(members)) % folds)
    return fold
