"""The made-up mailers are what they are said to be."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.population.make import NIGHTS, make_population
from segmentation.warehouse.connection import Connection, execute, open_memory

CUSTOMERS = 3000


@pytest.fixture(scope="module")
def mailers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mailers")
    for night, day in NIGHTS.items():
        make_population(folder / night, CUSTOMERS, until=day)
    return folder


@pytest.fixture
def asked() -> Iterator[Connection]:
    with open_memory() as connection:
        yield connection


def test_the_same_seed_gives_the_same_bytes_and_another_one_others(mailers: Path, tmp_path: Path) -> None:
    make_population(tmp_path / "again", CUSTOMERS)
    make_population(tmp_path / "other", CUSTOMERS, seed=2)
    files = sorted(file.name for file in (mailers / "after").iterdir())
    assert files == [f"{name}.parquet" for name in ("campaigns", "contacts", "customers", "orders")]
    for file in files:
        assert (tmp_path / "again" / file).read_bytes() == (mailers / "after" / file).read_bytes()
    assert (tmp_path / "other" / "orders.parquet").read_bytes() != (mailers / "after" / "orders.parquet").read_bytes()


def test_a_later_day_adds_about_a_hundredth_and_changes_nothing(mailers: Path, asked: Connection) -> None:
    before, after = (f"'{mailers / night / 'orders.parquet'}'" for night in NIGHTS)
    assert execute(asked, f"select count(*) from (from {before} except all from {after})") == [(0,)]
    ((share,),) = execute(asked, f"select (select count(*) from {after}) / (select count(*) from {before}) - 1")
    assert 0.007 < share < 0.014


def test_orders_are_heavy_tailed_grow_and_come_back(mailers: Path, asked: Connection) -> None:
    orders = f"'{mailers / 'after' / 'orders.parquet'}'"
    ((tenth,),) = execute(
        asked,
        "with counted as (select count(*) as n, ntile(10) over (order by count(*) desc, customer_id) as tenth "
        f"from {orders} group by customer_id) select sum(n) filter (tenth = 1) / sum(n) from counted",
    )
    assert tenth > 0.4
    ((returned,),) = execute(asked, f"select avg((amount < 0)::int) from {orders}")
    assert returned == pytest.approx(0.04, abs=0.005)
    years = execute(asked, f"select count(*) from {orders} group by year(ordered_at) order by year(ordered_at)")
    assert years == sorted(years)
    assert execute(asked, f"select count(*) from {orders} where amount = 0 or ordered_at > '2025-01-01'") == [(0,)]


def test_a_tenth_of_those_selected_is_held_out_and_not_in_a_cell(mailers: Path, asked: Connection) -> None:
    contacts = f"'{mailers / 'after' / 'contacts.parquet'}'"
    ((held_out, selected, in_cell),) = execute(
        asked,
        "select count(*) filter (arm = 'control'), count(*), count(*) filter (arm = 'control' and cell is not null) "
        f"from {contacts}",
    )
    assert in_cell == 0
    assert held_out / selected == pytest.approx(0.1, abs=4 * (0.09 / selected) ** 0.5)
