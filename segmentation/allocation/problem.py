"""What is to be allotted: customers, offers, and limits that are sums over pieces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Marks = npt.NDArray[np.bool_]

BUDGET = "plan.budget"
ROUNDING = 1e-9  # of a limit, so that 0.1 + 0.2 is within 0.3


@dataclass(frozen=True)
class Offer:
    """What a customer may be sent.

    Attributes:
        fixed_cost: cost whatever the number of pieces, if there are any.
        capacity: most pieces; None is no limit.
    """

    name: str
    channel: str
    unit_cost: float
    fixed_cost: float = 0.0
    capacity: int | None = None


@dataclass(frozen=True)
class Limits:
    """What the pieces together must keep to.

    Attributes:
        budget: money for pieces and for fixed costs of offers.
        channels: most pieces by channel, of all its days together.
        minimum: fewest pieces by segment.
        maximum: most pieces by segment.
    """

    budget: float
    channels: Mapping[str, int] = field(default_factory=dict)
    minimum: Mapping[str, int] = field(default_factory=dict)
    maximum: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """Customers by offers under limits.

    Every limit is `sum of weights[segment, offer] over pieces <= limit`; that of a minimum has weights and limit below
    0. So a price for each limit makes a price for each pair of segment and offer.

    Attributes:
        profit: customers x offers: expected margin less the cost of the piece; -inf where the offer is not for them.
        segment: position in `segments`, by customer.
        names: of the limits, as in the settings.
        weights: limits x segments x offers.
        limit: by limit.
    """

    profit: Floats
    segment: Codes
    segments: tuple[str, ...]
    offers: tuple[Offer, ...]
    names: tuple[str, ...]
    weights: Floats
    limit: Floats

    @property
    def fixed_costs(self) -> Floats:
        """By offer."""
        return np.array([offer.fixed_cost for offer in self.offers], dtype=np.float64)

    @property
    def is_minimum(self) -> Marks:
        """By limit."""
        return np.array([name.endswith(".minimum") for name in self.names], dtype=bool)

    def used(self, choice: Codes) -> Floats:
        """What the pieces take of each limit, fixed costs of the offers in use included.

        Args:
            choice: offer by customer; -1 is none.
        """
        counts = self.count(choice)
        used: Floats = np.einsum("ksj,sj->k", self.weights, counts)
        used[self.names.index(BUDGET)] += self.fixed_costs[counts.sum(axis=0) > 0].sum()
        return used

    def count(self, choice: Codes) -> Floats:
        """Pieces, segments x offers."""
        chosen = choice >= 0
        shape = (len(self.segments), len(self.offers))
        flat = self.segment[chosen].astype(np.int64) * shape[1] + choice[chosen]
        return np.bincount(flat, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)

    def keeps_to(self, used: Floats) -> bool:
        """Whether every limit is kept."""
        return bool((used <= self.limit + ROUNDING * np.maximum(1, np.abs(self.limit))).all())

    def profit_of(self, choice: Codes) -> float:
        """Expected profit of all pieces less fixed costs of the offers in use."""
        rows = np.flatnonzero(choice >= 0)
        in_use = np.bincount(choice[rows], minlength=len(self.offers)) > 0
        return float(self.profit[rows, choice[rows]].sum() - self.fixed_costs[in_use].sum())


def state_problem(
    profit: Floats, segment: Codes, segments: Sequence[str], offers: Sequence[Offer], limits: Limits
) -> Problem:
    """The limits as weights; those of channels, segments and offers that nobody could break are there as well."""
    names, weights, values = [BUDGET], [_costs(segments, offers)], [limits.budget]
    ones = np.ones((len(segments), len(offers)))
    for channel, most in limits.channels.items():
        names.append(f"plan.channels.{channel}")
        weights.append(ones * [offer.channel == channel for offer in offers])
        values.append(most)
    for offer in offers:
        if offer.capacity is not None:
            names.append(f"plan.offers.{offer.name}.capacity")
            weights.append(ones * [other.name == offer.name for other in offers])
            values.append(offer.capacity)
    for kind, sign, by_segment in (("maximum", 1, limits.maximum), ("minimum", -1, limits.minimum)):
        for name, pieces in by_segment.items():
            names.append(f"plan.segments.{name}.{kind}")
            weights.append(sign * ones * np.array([[other == name] for other in segments]))
            values.append(sign * pieces)
    return Problem(
        profit, segment, tuple(segments), tuple(offers), tuple(names), np.stack(weights), np.array(values, dtype=float)
    )


def _costs(segments: Sequence[str], offers: Sequence[Offer]) -> Floats:
    costs: Floats = np.ones((len(segments), 1)) * np.array([offer.unit_cost for offer in offers])
    return costs
