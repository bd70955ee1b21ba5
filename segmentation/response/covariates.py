"""What is known of customers before a mailing, as the models of a campaign without hold-out take it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl
from sklearn.preprocessing import StandardScaler

from segmentation.segments.features import FEATURE_NAMES

Array = npt.NDArray[np.float64]

ENGAGEMENT = ("contact_count", "recent_contact_count", "reply_count", "window_spend")
COVARIATES = (*FEATURE_NAMES, *ENGAGEMENT)


@dataclass(frozen=True)
class Known:
    """Covariates of customers.

    Attributes:
        names: of the covariates.
        values: customers x covariates, in their own units.
        columns: customers x columns, scaled: each covariate as it is, then the root and the logarithm of each.
    """

    names: tuple[str, ...]
    values: Array
    columns: Array

    @property
    def straightened(self) -> Array:
        """Roots and logarithms only: no customer who spends very much decides alone."""
        return self.columns[:, len(self.names) :]

    def columns_without(self, number: int) -> Array:
        """The columns of all covariates but one."""
        rest: Array = self.columns[:, np.arange(self.columns.shape[1]) % len(self.names) != number]
        return rest


def know(customers: pl.DataFrame, names: tuple[str, ...] = COVARIATES) -> Known:
    """The covariates `names` of `customers`; what is below 0 has the root and the logarithm of 0.

    With all of them a model can bend: some money matters more between 0 and 10 than between 1,000 and 1,010.
    """
    values = customers.select(names).to_numpy().astype(np.float64)
    above = np.maximum(values, 0)
    forms = np.column_stack([values, np.sqrt(above), np.log1p(above)])
    columns: Array = StandardScaler().fit_transform(forms) if len(forms) else forms
    return Known(names, values, columns)
