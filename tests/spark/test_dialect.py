"""What becomes of DuckDB's words in Spark; what they mean there is in test_meaning."""

import datetime as dt
from pathlib import Path

import pytest
import sqlglot

from segmentation.spark.dialect import spark_type, translate
from segmentation.spark.letters import letters_of
from segmentation.spark.parsing import parse

COLUMNS = {"crm.a": ["id", "known_from", "x"], "history.a": ["id", "y"], "b": ["start", "cell"]}


def spark(query: str, *dates: str, **bound: object) -> str:
    return translate(parse(query), dates=dates, columns=COLUMNS.__getitem__, bound=bound)


@pytest.mark.parametrize(
    ("query", "translated"),
    [
        ("select a.x from crm.a", "SELECT a.x FROM crm__a AS a"),
        ("select x::integer from crm.a", "SELECT CAST(BROUND(x) AS INT) FROM crm__a AS a"),
        ("select on_day - x as days from crm.a", "SELECT on_day - x AS days FROM crm__a AS a"),
        ("select x::timestamp from crm.a", "SELECT CAST(x AS TIMESTAMP_NTZ) FROM crm__a AS a"),
        ("select x[2] from crm.a", "SELECT GET(x, CAST((2) - 1 AS INT)) FROM crm__a AS a"),
        ("select x[id] from crm.a", "SELECT GET(x, CAST((id) - 1 AS INT)) FROM crm__a AS a"),
        (
            "select ('0x' || left(md5(id), 15))::bigint from crm.a",
            "SELECT CAST(CONV(LEFT(MD5(id), 15), 16, 10) AS BIGINT) FROM crm__a AS a",
        ),
        ("select avg(x) from crm.a", "SELECT AVG(CAST(x AS DOUBLE)) FROM crm__a AS a"),
        (r"select regexp_replace(x, '(\d)', '\1', 'g') from b", r"SELECT REGEXP_REPLACE(x, '(\\d)', '$1') FROM b"),
        ("select $n + 1 from b order by start", "SELECT :n + 1 FROM b ORDER BY start NULLS LAST"),
    ],
)
def test_differences(query: str, translated: str) -> None:
    assert spark(query) == translated


def test_days_between_dates_are_a_number_also_of_what_the_statement_calls_a_date() -> None:
    found = spark("with d as (select max(on_day) as last from crm.a) select $day::date - last from d", "on_day")
    assert found.endswith("SELECT DATEDIFF(CAST(:day AS DATE), last) FROM d")


def test_a_date_and_a_number_stay_a_date() -> None:
    assert "DATEDIFF" not in spark("select on_day - 89 from crm.a", "on_day")


def test_union_by_name_is_spelled_out() -> None:
    found = spark("select * exclude (known_from) from crm.a union all by name from history.a")
    assert "`id`, `x`, NULL AS `y`" in found
    assert "`id`, NULL AS `x`, `y`" in found


def test_columns_stand_for_what_the_parameters_name() -> None:
    assert spark("select columns($names) as 'of \\0' from crm.a", names=["x", "none"]) == (
        "SELECT `x` AS `of x` FROM crm__a AS a"
    )


def test_the_row_that_begins_last_at_or_below_a_value() -> None:
    found = spark("select cell from crm.a asof join b on a.x >= b.start")
    assert "LEAD(start) OVER (ORDER BY start) AS _following FROM b" in found
    assert "a.x >= b.start AND (b._following IS NULL OR a.x < b._following)" in found


@pytest.mark.parametrize(
    "query",
    [
        "select columns(lambda name: name like 'a%') from crm.a",
        "select cell from crm.a asof join b on a.x > b.start",
        "select z.* from crm.a",
    ],
)
def test_what_spark_has_no_word_for_is_refused(query: str) -> None:
    with pytest.raises(sqlglot.errors.UnsupportedError):
        spark(query)


@pytest.mark.parametrize("file", sorted(Path("segmentation/sql").glob("*.sql")), ids=lambda file: file.stem)
def test_every_relation_can_be_read(file: Path) -> None:
    assert parse(file.read_text(encoding="utf-8")).sql("duckdb")


def test_letters_are_duckdbs() -> None:
    letters, become = letters_of("strip_accents")
    assert dict(zip(letters, become, strict=False))["ö"] == "o"
    assert "\u0301" in letters[len(become) :]  # an accent by itself vanishes


def test_types() -> None:
    assert [spark_type(kind) for kind in ("VARCHAR", "TIMESTAMP", "DECIMAL(18,2)", "BIGINT", "DATE")] == [
        *("STRING", "TIMESTAMP_NTZ", "DECIMAL(18, 2)", "BIGINT", "DATE")
    ]


def test_dates_of_parameters_are_bound_not_written() -> None:
    assert "2024" not in spark("select x from crm.a where x < $day", day=dt.date(2024, 1, 1))
