"""Who calls whom, worked by hand."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from segmentation.calls.dealing import deal_calls

NOBODY = pl.DataFrame(schema={"customer_id": pl.String, "agent": pl.String})


def ranked(*customers: str) -> pl.DataFrame:
    return pl.DataFrame({"customer_id": customers}, schema={"customer_id": pl.String})


def dealt(customers: pl.DataFrame, agents: dict[str, int], before: pl.DataFrame = NOBODY) -> dict[str, list[str]]:
    rows = deal_calls(customers, agents, before).sort("agent", "rank")
    return {agent: rows.filter(pl.col("agent") == agent)["customer_id"].to_list() for agent in agents}


def test_customers_go_round_by_rank_up_to_the_capacity() -> None:
    assert dealt(ranked(*"abcdefg"), {"Anna": 4, "Ben": 2}) == {"Anna": ["a", "c", "e", "f"], "Ben": ["b", "d"]}


def test_customers_keep_their_agent_and_the_one_with_fewest_is_next() -> None:
    before = pl.DataFrame({"customer_id": ["a", "b", "c", "z"], "agent": ["Ben", "Ben", "Gone", "Anna"]})
    assert dealt(ranked(*"abcde"), {"Anna": 3, "Ben": 3}, before) == {"Anna": ["c", "d", "e"], "Ben": ["a", "b"]}


def test_nobody_keeps_more_than_the_capacity() -> None:
    before = pl.DataFrame({"customer_id": ["a", "b", "c"], "agent": ["Ben"] * 3})
    assert dealt(ranked(*"abc"), {"Anna": 2, "Ben": 1}, before) == {"Anna": ["b", "c"], "Ben": ["a"]}


def test_ranks_are_of_all_and_within_the_agent() -> None:
    rows = deal_calls(ranked("x", "y", "z"), {"Anna": 1, "Ben": 2}, NOBODY)
    assert rows.select("customer_id", "agent", "overall_rank", "rank").rows() == [
        ("x", "Anna", 1, 1),
        ("y", "Ben", 2, 1),
        ("z", "Ben", 3, 2),
    ]


@given(
    capacity=st.dictionaries(st.sampled_from(["Anna", "Ben", "Cy"]), st.integers(1, 9), min_size=1),
    count=st.integers(0, 30),
    before=st.dictionaries(st.integers(0, 29), st.sampled_from(["Anna", "Ben", "Cy", "Gone"])),
)
def test_everybody_within_the_capacity_is_dealt_once(
    capacity: dict[str, int], count: int, before: dict[int, str]
) -> None:
    customers = [f"c{number:02}" for number in range(count)]
    known = pl.DataFrame(
        {"customer_id": [f"c{number:02}" for number in before], "agent": list(before.values())}, schema=NOBODY.schema
    )
    rows = deal_calls(ranked(*customers), capacity, known)
    assert rows["customer_id"].to_list() == customers[: sum(capacity.values())]
    sizes = dict(rows["agent"].value_counts().iter_rows())
    assert all(sizes.get(agent, 0) <= most for agent, most in capacity.items())
    assert rows["overall_rank"].to_list() == list(range(1, rows.height + 1))
    again = deal_calls(ranked(*customers), capacity, rows.select("customer_id", "agent"))
    assert again.equals(rows)
