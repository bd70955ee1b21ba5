"""Time, memory and gap of allotting offers, on made-up customers.

Usage: python benchmarks/allocation.py CUSTOMERS [OFFERS]

Eleven segments, customers with an uplift of their own that each offer changes by a factor and by chance; a budget for
about a fifth of the customers, two channels with a capacity, a minimum and a maximum.
"""

import resource
import sys
import time

import numpy as np

from segmentation.allocation.allocate import allot
from segmentation.allocation.problem import Limits, Offer, Problem, state_problem

SEGMENTS = tuple(f"segment {number}" for number in range(11))


def make_problem(customers: int, offers: int) -> Problem:
    """Made-up customers; the same ones every time."""
    draws = np.random.default_rng(7)
    base = draws.gamma(0.7, 1.5, customers)
    costs = np.linspace(0.2, 1.1, offers)
    profit = np.empty((customers, offers))
    for number, cost in enumerate(costs):
        profit[:, number] = base * (0.4 + cost**0.6) * draws.uniform(0.7, 1.3, customers) - cost
    kinds = [
        Offer(f"offer {number}", "mail" if number % 3 else "email", float(cost)) for number, cost in enumerate(costs)
    ]
    limits = Limits(
        0.15 * customers,
        {"mail": customers // 5, "email": customers // 10},
        {SEGMENTS[10]: customers // 30},
        {SEGMENTS[0]: customers // 100},
    )
    return state_problem(profit, draws.integers(0, 11, customers).astype(np.int32), SEGMENTS, kinds, limits)


if __name__ == "__main__":
    if len(sys.argv) not in {2, 3}:
        sys.exit(__doc__)
    problem = make_problem(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else 10)
    start = time.monotonic()
    found = allot(problem)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    assert problem.keeps_to(problem.used(found.choice))
    sys.stdout.write(
        f"{len(problem.segment):,} customers, {len(problem.offers)} offers: {time.monotonic() - start:.1f} s, "
        f"peak {peak:.2f} GiB, {int((found.choice >= 0).sum()):,} pieces, gap {found.gap:.5%}\n"
    )
