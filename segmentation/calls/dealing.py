"""Who calls whom."""

from collections.abc import Mapping

import polars as pl


def deal_calls(ranked: pl.DataFrame, agents: Mapping[str, int], before: pl.DataFrame) -> pl.DataFrame:
    """Deal customers to agents: those of the last list keep their agent, the others go round by rank.

    The next customer goes to the agent with the fewest so far, in the order of `agents`, so nobody gets the best; an
    agent gets no more than the capacity, also of those kept.

    Args:
        ranked: customers, best first: `customer_id`. Those beyond the capacity of all are dropped.
        agents: capacity by name, in the order of dealing.
        before: `customer_id`, `agent` of the last list.
    Returns: the customers with `agent`, `overall_rank` and `rank` within the agent, best first.
    """
    names = list(agents)
    chosen = ranked.head(sum(agents.values())).with_row_index("overall_rank", offset=1)
    known = chosen.join(
        before.filter(pl.col("agent").is_in(names)), on="customer_id", how="left", maintain_order="left"
    )
    capacity = pl.col("agent").replace_strict(names, list(agents.values()), default=0, return_dtype=pl.Int64)
    fits = pl.col("agent").is_not_null() & (pl.int_range(1, pl.len() + 1).over("agent") <= capacity)
    stays = known.filter(fits)
    new = known.filter(~fits).drop("agent")
    slots = free_slots(agents, dict(stays["agent"].value_counts().iter_rows())).head(new.height)
    dealt = pl.concat([stays, new.with_columns(agent=slots["agent"]).select(stays.columns)]).sort("overall_rank")
    return dealt.with_columns(pl.col("overall_rank").cast(pl.Int64), rank=pl.int_range(1, pl.len() + 1).over("agent"))


def free_slots(agents: Mapping[str, int], taken: Mapping[str, int]) -> pl.DataFrame:
    """The free places of agents in the order they are filled: `agent`, `place` (how many the agent then has)."""
    rows = [
        (place, order, name)
        for order, (name, capacity) in enumerate(agents.items())
        for place in range(taken.get(name, 0) + 1, capacity + 1)
    ]
    return pl.DataFrame(sorted(rows), schema={"place": pl.Int64, "order": pl.Int64, "agent": pl.String}, orient="row")
