"""What may stand in the settings in place of a column: one expression over a row, and nothing else."""

import pytest

from segmentation.errors import SettingsError
from segmentation.sources.expressions import NUMBER, read_expression
from segmentation.warehouse.connection import Connection, execute


@pytest.mark.parametrize(
    ("text", "columns", "is_column"),
    [
        ("no", ("no",), True),
        ('"Order No" -- as the shop calls it', ("Order No",), True),
        ("'web'", (), False),
        ("number(gross) - number(vat)", ("gross", "vat"), False),
        ("case when kind = 'R' then -1 else 1 end * number(amt)", ("kind", "amt"), False),
        ("coalesce(nullif(mail, ''), lower(mail2))", ("mail", "mail2"), False),
        ("a::int between 1 and 3 or b is not null and c in ('x', 'y')", ("a", "b", "c"), False),
    ],
)
def test_an_expression_over_the_columns_of_a_row(
    staging: Connection, text: str, columns: tuple[str, ...], is_column: bool
) -> None:
    found = read_expression(staging, "s", text)

    assert (found.columns, found.is_column) == (columns, is_column)
    assert "--" not in found.sql


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cannot be read"),
        ("a b c", "cannot be read"),
        ("1; drop table x", "cannot be read"),
        ("x) as y from t --", "cannot be read"),
        ("a, b", "is not one expression"),
        ("a from orders", "is not one expression"),
        ("a as b", "is not one expression"),
        ("a order by a", "is not one expression"),
        ("distinct a", "is not one expression"),
        ("a limit 1", "is not one expression"),
        ("(select max(id) from crm.orders)", "subquery is not allowed"),
        ("*", "star is not allowed"),
        ("lambda x: x", "lambda is not allowed"),
        ("row_number() over ()", "window row number is not allowed"),
        ("$1", "value parameter is not allowed"),
        ("sum(a)", r"sum\(\) is not allowed there; there are: abs, ceil"),
        ("read_text('/etc/passwd')", r"read_text\(\) is not allowed"),
        ("getenv('HOME')", r"getenv\(\) is not allowed"),
        ("crm.orders.amount", "name a column without its table"),
    ],
)
def test_anything_else_is_refused(staging: Connection, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=f"^source.x = .*: {told}"):
        read_expression(staging, "source.x", text)


@pytest.mark.parametrize(
    ("written", "value"),
    [("12.5", 12.5), ("1.234,50", 1234.5), ("1 234,5", 1234.5), (" 7 ", 7.0), ("x", None), ("1,2,3", None), ("", None)],
)
def test_number_reads_point_and_comma(staging: Connection, written: str, value: float | None) -> None:
    execute(staging, NUMBER)
    assert execute(staging, "select try(number($written))", written=written) == [(value,)]
