"""Customers with attributes, scored and grouped as a night would have left them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from segmentation.contract.inputs import CUSTOMERS
from segmentation.warehouse.connection import Connection, frames, kept
from segmentation.warehouse.schema import add_attribute
from tests.builders import fill

AS_OF = dt.date(2024, 6, 30)

# Id, segment, attributes.
Customer = tuple[str, str, Mapping[str, str | None]]


def fill_customers(connection: Connection, customers: Iterable[Customer], **declared: Any) -> None:
    """Customers that are scored; `declared` are further columns of crm.customers, the same for all."""
    rows = list(customers)
    names = list(dict.fromkeys(name for _, _, attributes in rows for name in attributes))
    for name in names:
        add_attribute(connection, CUSTOMERS, name)
    schema = {f"a{i}": pl.String for i in range(len(names))}
    table = pl.DataFrame(
        [[customer, *(attributes.get(name) for name in names)] for customer, _, attributes in rows],
        schema={"customer_id": pl.String} | schema,
        orient="row",
    )
    columns = ", ".join('"' + name.replace('"', '""') + '"' for name in ("customer_id", *names))
    with frames(connection, incoming=table):
        connection.execute(f"insert into crm.customers ({columns}) select * from incoming")
    for name, value in declared.items():
        connection.execute(f"update crm.customers set {name} = $value", {"value": value})
    fill(
        connection,
        "segments.rfm",
        *({"customer_id": customer, "as_of_date": AS_OF, "segment": segment} for customer, segment, _ in rows),
    )


def read_numbers(connection: Connection, *texts: str) -> list[float | None]:
    """The numbers read from the attribute `x`, of new customers with the given texts or of those there are."""
    if texts:
        fill_customers(connection, [(f"n{i}", "s", {"x": text}) for i, text in enumerate(texts)])
    with (
        kept(connection, "customer_groups"),
        kept(connection, "attribute_values", attributes=["x"], as_of_date=AS_OF),
    ):
        return connection.sql("select number from attribute_values order by value").pl()["number"].to_list()
