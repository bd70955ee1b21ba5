"""Made-up customers in plain groups."""

import numpy as np
import polars as pl


def four_groups(customers: int = 400, *, seed: int = 3) -> pl.DataFrame:
    """Four plain groups, by how often and how lately they buy; of all else customers have about the same."""
    random = np.random.default_rng(seed)
    group = np.arange(customers) % 4
    frequent, recent = group % 2, group // 2
    noise = lambda: random.normal(1, 0.05, customers)  # noqa: E731
    orders = np.where(frequent, 60, 3) * noise()
    return pl.DataFrame(
        {
            "customer_id": [f"c{i:04d}" for i in range(customers)],
            "spend": orders * 20,
            "days_since_last_order": np.where(recent, 5, 200) * noise(),
            "order_count": orders,
            "mean_order_value": np.full(customers, 20.0),
            "tenure_days": np.full(customers, 365.0),
            "recent_order_share": np.full(customers, 0.3),
            "category_count": np.full(customers, 5.0),
        }
    )


def group_of(customers: pl.DataFrame) -> "np.typing.NDArray[np.int64]":
    """The group that each customer of `four_groups` was made for."""
    groups: np.typing.NDArray[np.int64] = customers["customer_id"].str.slice(1).cast(pl.Int64).to_numpy() % 4
    return groups
