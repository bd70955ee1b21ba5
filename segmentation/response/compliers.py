"""What the mailing did to those whom being drawn moved: mailed if drawn to be, not mailed if held out."""

import numpy as np
import numpy.typing as npt

from segmentation.response.arms import CONTROL, TREATED, Grouping, summarise
from segmentation.response.intervals import NORMAL, Array

WEAKEST = 10  # squared t of the share moved; below that the interval is not to be trusted


def estimate_compliers(
    grouping: Grouping, outcome: Array, received: Array, comparable: npt.NDArray[np.bool_]
) -> dict[str, Array]:
    """Wald's estimate by level: the uplift over the share of customers whom being drawn moved.

    It is two-stage least squares with the arm as instrument, and its error that of the delta method: of the outcome
    less the effect on whoever was mailed, by arm. It rests on this: being drawn does nothing but through the mailing,
    and nobody is mailed only because of being held out.

    Args:
        received: of each row whether it was mailed, 0 or 1.
        comparable: levels that can be compared.
    Returns: by level, NaN where everybody got what the arm says, or where the share moved is too uncertain (F below
        WEAKEST).
    References: H. S. Bloom (1984), Evaluation Review 8, 225-246; J. D. Angrist, G. W. Imbens, D. B. Rubin (1996), JASA
        91, 444-455; D. Staiger, J. H. Stock (1997), Econometrica 65, 557-586, for F.
    """
    mailed, raw = summarise(grouping, received), summarise(grouping, outcome)
    moved = mailed.mean[:, TREATED] - mailed.mean[:, CONTROL]
    otherwise = (mailed.mean[:, TREATED] < 1) | (mailed.mean[:, CONTROL] > 0)
    strong = (moved > 0) & (moved**2 >= WEAKEST * mailed.variance.sum(axis=1))
    usable = comparable & otherwise & strong
    divisor = np.where(usable, moved, np.nan)
    effect = (raw.mean[:, TREATED] - raw.mean[:, CONTROL]) / divisor
    both = np.column_stack([effect, effect])
    residual = outcome - np.nan_to_num(grouping.spread(both)) * received
    error = np.sqrt(summarise(grouping, residual).variance.sum(axis=1)) / divisor
    varies = np.where(error > 0, error, np.nan)
    return {
        "complier_uplift": effect,
        "complier_ci_low": effect - NORMAL * varies,
        "complier_ci_high": effect + NORMAL * varies,
    }
