"""Where DuckDB and Spark take the same words for different things: both must say the same of the same rows."""

import datetime as dt
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from segmentation.spark.connection import SparkConnection
from segmentation.warehouse.connection import Connection, frames, kept
from tests.builders import empty_warehouse

ROWS = pl.DataFrame(
    {
        "number": range(6),
        "whole": [7, -7, 0, None, 2**40, 3],
        "per": [2, 2, 0, 1, 3, 0],
        "floating": [0.5, 1.5, -2.5, None, 123456.5, 2.4999],
        "money": [1.005, -1.005, 0.0, None, 99.99, 0.01],
        "day": [dt.date(2024, 2, 29), dt.date(2023, 12, 31), None, dt.date(1970, 1, 1), dt.date(2024, 3, 1), None],
        "moment": [dt.datetime(2024, 2, 29, 23, 59, 59, 999999), None, *[dt.datetime(2024, 3, 31, 2, 30)] * 4],
        "words": [" Ab\u00a0", "", None, "it's \\ 100%", "\tx\n", "ŁÓDŹ"],
        "listed": [[1.0, 2.0], [], None, [float("-inf"), 5.0], [3.0], [0.0, 0.0, 7.5]],
        "said": [True, False, None, True, None, False],
    },
    schema_overrides={"money": pl.Decimal(18, 2)},
)
EXPRESSIONS = (
    *("whole / per", "whole // nullif(per, 0)", "floating / whole", "money / per", "whole % nullif(per, 0)"),
    *("floating::integer", "floating::bigint", "money::double", "money::decimal(28, 6)", "whole::double"),
    *(
        "day - date '2024-01-01'",
        "date '2024-03-01' - moment::date",
        "(day - moment::date)::integer",
        "day + 1",
        "day - 89",
    ),
    *(
        "moment < day + 1",
        "moment >= date '2024-02-29'",
        "moment::date = day",
        "coalesce(day, $day::date) + $days::integer",
    ),
    *("listed[1]", "listed[3]", "len(list_filter(listed, lambda start: start <= floating))"),
    *("listed[len(list_filter(listed, lambda start: start <= whole))]",),
    *("trim(words)", "lower(words)", "upper(words)", "nullif(trim(words), '')", "left(words, 2) || right(words, 1)"),
    *(
        r"regexp_replace(words, '[\s\p{Z}\p{Pd}]', '', 'g')",
        "words || '|' || per",
        "regexp_full_match(words, '[A-Z]+')",
    ),
    *("md5(words || $salt)", "('0x' || left(md5($salt || '|' || words), 15))::bigint / pow(16, 15)"),
    *("('0x' || left(md5('resample|' || number), 15))::bigint % 500", "said is not distinct from (per = 0)"),
    *("if(said, 'yes', 'no')", "case when whole > 0 then 'more' end", "greatest(money, 0)", "least(day, moment::date)"),
    *("['a', 'b', 'c'][per]", "list_extract([4, 5, 6], list_position(['x', 'y'], words))", "bool_or(said) over ()"),
    *("plain(words)", "plain_postcode(words)", "plain_email(words)", "given_names_fit(plain(words), 'a')"),
)
BOUND = {"day": dt.date(2024, 5, 1), "days": 45, "salt": "żółć"}


@pytest.fixture
def spark(session: Any, tmp_path: Path) -> Iterator[tuple[Connection, Any]]:
    """DuckDB, and a connection that lets Spark see it."""
    with empty_warehouse() as connection:
        yield connection, SparkConnection(connection, session, tmp_path)


def both(spark: tuple[Connection, Any], query: str, rows: pl.DataFrame, **bound: object) -> tuple[pl.DataFrame, ...]:
    """The answers of DuckDB and of Spark."""
    small, engine = spark
    with frames(small, given=rows):
        own = small.sql(query.replace("{}", "given"), params=bound).pl()
        with kept(engine, "given_to_spark", "from given anti join crm.orders on false"):
            return own, engine.sql(query.replace("{}", "given_to_spark"), params=bound).pl()


def test_expressions_mean_the_same(spark: tuple[Connection, Any]) -> None:
    for expression in EXPRESSIONS:
        used = {name: value for name, value in BOUND.items() if f"${name}" in expression}
        query = f"select number, {expression} as value from {{}} order by number"
        duckdb, of_spark = both(spark, query, ROWS, **used)
        assert_frame_equal(of_spark, duckdb, check_exact=True, check_dtypes=False, obj=expression)


AGGREGATES = (
    *("sum(money)", "avg(money)", "avg(whole)", "count(distinct per)", "count(*) filter (where said)", "max(moment)"),
    *("bool_and(said)", "any_value(words)", "max_by(number, day)", "min(words)", "sum(whole)::bigint"),
)


def test_aggregates_mean_the_same(spark: tuple[Connection, Any]) -> None:
    for aggregate in AGGREGATES:
        query = f"select per, {aggregate} as value from {{}} group by all order by per"
        duckdb, of_spark = both(spark, query, ROWS)
        assert_frame_equal(of_spark, duckdb, check_exact=True, check_dtypes=False, obj=aggregate)


def test_names_are_compared_alike_in_every_alphabet(spark: tuple[Connection, Any]) -> None:
    """Every letter of Unicode 3.2, alone, between others, and with its accent apart; Java knows not the latest."""
    letters = [chr(code) for code in range(1, 0x3000) if unicodedata.ucd_3_2_0.category(chr(code))[0] in "LMNZ"]
    words = [*letters, *(f"a{letter}B" for letter in letters), *(unicodedata.normalize("NFD", one) for one in letters)]
    rows = pl.DataFrame({"number": range(len(words)), "words": words})
    query = "select number, plain(words) as plain, upper(words) as high, trim(words) as trimmed from {} order by number"
    duckdb, of_spark = both(spark, query, rows)
    assert_frame_equal(of_spark, duckdb)
