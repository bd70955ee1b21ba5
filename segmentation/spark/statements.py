"""What a statement does, and to which tables."""

import re
from collections.abc import Iterator

from sqlglot import exp

# With a row per customer, order or contact; Spark computes what reads them.
LARGE = frozenset(
    {
        *("crm.customers", "crm.orders", "crm.order_lines", "crm.contacts", "crm.responses", "crm.service_contacts"),
        *("crm.suppressions", "history.customers", "history.orders", "history.order_lines", "history.contacts"),
        *("segments.rfm", "segments.clusters", "segments.value", "segments.history", "segments.unscored"),
        *("response.attribution", "targeting.selection", "targeting.global_control"),
    }
)
CHANGES = re.compile(r"\s*(alter|update|truncate)\b", re.IGNORECASE)
MAY_READ = re.compile(r"(?:\s|--[^\n]*\n)*(select|with|from|create|insert|delete|drop)\b", re.IGNORECASE)


def selected(statement: exp.Expr) -> exp.Expr | None:
    """The SELECT of a statement that keeps or adds its rows."""
    made: exp.Expr | None = statement.args.get("expression")
    if made is not None and statement.args.get("with_"):
        made = made.copy()
        made.set("with_", statement.args["with_"].copy())
    return made


def is_as_it_came(table: exp.Table) -> bool:
    """Whether a table has the rows of a source as they came, which DuckDB has read."""
    return name_of(table).startswith(("staging.raw_", "staging.unreadable_"))


def name_of(table: exp.Table) -> str:
    """`schema.name`, or the name of what has no schema."""
    return f"{table.db}.{table.name}" if table.db else table.name


def tables_read(statement: exp.Expr) -> Iterator[exp.Table]:
    """Tables that are read; not common table expressions."""
    own = {expression.alias for expression in statement.find_all(exp.CTE)}
    for table in statement.find_all(exp.Table):
        if table.db or table.name not in own:
            yield table


def changed(statement: exp.Expr) -> exp.Table | None:
    """The table whose rows an INSERT or DELETE changes."""
    if not isinstance(statement, exp.Insert | exp.Delete):
        return None
    table = statement.this.this if isinstance(statement.this, exp.Schema) else statement.this
    return table if isinstance(table, exp.Table) else None
