"""The contract as a page of documentation: `python -m segmentation.contract.markdown > docs/tables.md`."""

import sys

from segmentation.contract.history import CRM_TABLES
from segmentation.contract.model import Column, Table
from segmentation.contract.privacy import privacy_of
from segmentation.contract.published import PUBLISHED_TABLES

INTRODUCTION = """# Tables

Made from `segmentation/contract/`; change it there and run `make docs`.

Money is `DECIMAL(18,2)` in one currency, rates are 0 to 1, dates are `DATE`, moments are `TIMESTAMP` without zone in
the business's local time, ids are text. A figure that cannot be computed is NULL with its reason in `note`.

The tables of `crm` are also what a source brings: a column marked **required** must be there and filled in every row,
the others may be missing. `customers` and `orders` are required tables. Further columns of `customers` and `campaigns`
are kept as attributes, as text. A row that breaks a rule goes to `quality.rejects` with the reason.

The copy for analysts (`warehouse.analysts`) has of a **pseudonym** a keyed hash, and nothing of what is **withheld**,
attributes among it.
"""


def describe_tables() -> str:
    """Every published table with its columns, as Markdown."""
    return "\n".join([INTRODUCTION, *(_describe(table) for table in PUBLISHED_TABLES)])


def _describe(table: Table) -> str:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    withheld = " **Withheld** as a whole." if table.withheld else ""
    lines = [f"## {table.full_name}", "", f"One row per {table.grain}.{key}{withheld}", ""]
    lines += ["| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{c.name}` | {c.type} | {_meaning(c, is_input=table in CRM_TABLES)} |" for c in table.columns]
    lines += ["", *(f"- Rejected: {rule.reason}." for rule in table.rules)]
    return "\n".join(lines).rstrip() + "\n"


def _meaning(column: Column, *, is_input: bool) -> str:
    parts = [column.description]
    if is_input and column.required:
        parts.append("**required**")
    if column.references:
        parts.append(f"must be in `{column.references}`")
    if column.default:
        parts.append(f"default {column.default.strip(chr(39))}")
    if privacy_of(column) != "open":
        parts.append(f"**{privacy_of(column)}**")
    return "; ".join(parts)


if __name__ == "__main__":
    sys.stdout.write(describe_tables())
