"""What tables promise, against the contract's text and against DuckDB."""

import pytest

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.warehouse.connection import Connection, execute

# Section 1 of the data contract: required columns | optional columns, in the order of the text.
INPUTS = {
    "customers": (
        "customer_id",
        "household_id title first_name last_name address_line postcode city country email phone created_on "
        "mail_consent deceased undeliverable",
    ),
    "orders": ("order_id customer_id ordered_at amount", "margin channel keycode"),
    "order_lines": ("order_id product_id amount", "category quantity"),
    "campaigns": ("campaign_id starts_on", "name channel ends_on unit_cost fixed_cost control_share"),
    "contacts": ("campaign_id customer_id", "arm cell keycode contacted_on unit_cost"),
    "responses": ("campaign_id customer_id responded_at", "value keycode"),
    "suppressions": ("reason", "customer_id email postcode last_name since until list_name"),
    "service_contacts": ("service_contact_id customer_id at", "channel reason minutes cost"),
    "costs": ("name amount", "kind from to"),
}
BY_NAME = {table.name: table for table in INPUT_TABLES}

each_table = pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.full_name)
each_input = pytest.mark.parametrize("table", INPUT_TABLES, ids=lambda table: table.name)


def test_input_tables_are_those_of_the_contract() -> None:
    assert set(BY_NAME) == set(INPUTS)
    assert {table.schema for table in INPUT_TABLES} == {"crm"}
    assert [table.name for table in INPUT_TABLES if table.required] == ["customers", "orders"]


@pytest.mark.parametrize("name", INPUTS)
def test_input_columns_are_those_of_the_contract(name: str) -> None:
    required, optional = (text.split() for text in INPUTS[name])
    columns = BY_NAME[name].columns

    assert {column.name for column in columns if column.required} == set(required)
    assert set(optional) <= {column.name for column in columns if not column.required}


def test_values_the_contract_fixes_where_a_source_is_silent(warehouse: Connection) -> None:
    defaults = {
        f"{table.name}.{column.name}": execute(warehouse, f"select ({column.default})::{column.type}")[0][0]
        for table in INPUT_TABLES
        for column in table.columns
        if column.default
    }

    assert defaults == {"customers.mail_consent": True, "contacts.arm": "treatment", "costs.kind": "once"}


def test_ids_are_text_and_money_is_decimal() -> None:
    types = {column.name: column.type for table in INPUT_TABLES for column in table.columns}

    assert {type_ for name, type_ in types.items() if name.endswith("_id")} == {"VARCHAR"}
    assert {types[name] for name in ("amount", "margin", "value", "fixed_cost", "cost")} == {"DECIMAL(18,2)"}


def test_every_table_is_declared_once() -> None:
    names = [table.full_name for table in PUBLISHED_TABLES]

    assert len(names) == len(set(names))


@each_table
def test_names_and_keys_of_a_table(table: Table) -> None:
    assert table.columns
    assert len(set(table.column_names)) == len(table.columns)
    assert set(table.key) <= set(table.column_names)
    assert table.identity == (table.key or table.column_names)


@each_input
def test_keys_are_required_columns(table: Table) -> None:
    required = {column.name for column in table.columns if column.required}

    assert set(table.key) <= required


@each_input
def test_references_point_to_keys_of_tables_loaded_earlier(table: Table) -> None:
    earlier = {other.name: other for other in INPUT_TABLES[: INPUT_TABLES.index(table)]}

    for column in table.columns:
        if column.references:
            other, key = column.references.split(".")
            assert earlier[other].key == (key,)
            assert column.required, "a missing value would be taken for an unknown one"


def test_rules_are_conditions_on_their_table(warehouse: Connection) -> None:
    rules = [(table, rule) for table in INPUT_TABLES for rule in table.rules]

    assert len(rules) == 12
    for table, rule in rules:
        assert rule.reason
        query = f"select column_type from (describe select ({rule.broken_when}) from {table.full_name})"
        assert execute(warehouse, query) == [("BOOLEAN",)]


def test_duckdb_knows_every_table_and_column_with_its_comment(warehouse: Connection) -> None:
    tables = execute(warehouse, "select schema_name || '.' || table_name, comment from duckdb_tables()")
    columns = execute(
        warehouse,
        "select schema_name || '.' || table_name, column_name, data_type, comment from duckdb_columns() "
        "where not internal",
    )

    assert dict(tables) == {table.full_name: f"One row per {table.grain}." for table in PUBLISHED_TABLES}
    assert sorted(columns) == sorted(
        (table.full_name, column.name, column.type, column.description)
        for table in PUBLISHED_TABLES
        for column in table.columns
    )
    assert all(table.grain.strip() for table in PUBLISHED_TABLES)
    assert all(column.description.strip() for table in PUBLISHED_TABLES for column in table.columns)
