"""The contract as a page of documentation: `python -m segmentation.contract.markdown > docs/warehouse.md`."""

import sys

from segmentation.contract.examples import example_of
from segmentation.contract.history import CRM_TABLES
from segmentation.contract.model import Column, Table
from segmentation.contract.prediction import PREDICTION_TABLES
from segmentation.contract.privacy import privacy_of
from segmentation.contract.published import PUBLISHED_TABLES

INTRODUCTION = """# The warehouse

Made from `segmentation/contract/`; change it there and run `make docs`.

Money is `DECIMAL(18,2)` in one currency, rates are 0 to 1, dates are `DATE`, moments are `TIMESTAMP` without zone in
the business's local time, ids are text. A figure that cannot be computed is NULL with its reason in `note`. How to open
the file, and questions over several tables: [queries.md](queries.md).

The tables of `crm` are also what a source brings: a column marked **required** must be there and filled in every row,
the others may be missing. `customers` and `orders` are required tables. Further columns of `customers` and `campaigns`
are kept as attributes, as text. A row that breaks a rule goes to `quality.rejects` with the reason.

The copy for analysts (`warehouse.analysts`) has of a **pseudonym** a keyed hash, and nothing of what is **withheld**,
attributes among it.

Every run adds a row to `ops.runs`; which runs write a table is said with it. `mailworth erase` takes a customer out of
all of them.
"""
JOINED_BY = {"customer_id": "crm.customers", "campaign_id": "crm.campaigns", "plan_id": "targeting.plans"}
WRITTEN_BY = {
    **{"crm.campaigns": "night, export", "crm.contacts": "night, export"},
    **{"targeting.plans": "night, plan, approve, reject, export", "targeting.address_checks": "export"},
    **{"ops.runs": "every run", "ops.erasures": "erase", "ops.erasure_salt": "erase"},
}
PLANNED = {"targeting.global_control", *(table.full_name for table in PREDICTION_TABLES)}  # no plan_id, but by plans


def describe_tables() -> str:
    """Every published table with its columns, as Markdown."""
    return "\n".join([INTRODUCTION, _contents(), _joins(), *(_describe(table) for table in PUBLISHED_TABLES)])


def _contents() -> str:
    schemas = dict.fromkeys(table.schema for table in PUBLISHED_TABLES)
    rows = [
        f"| `{schema}` | {', '.join(_link(t) for t in PUBLISHED_TABLES if t.schema == schema)} |" for schema in schemas
    ]
    return "\n".join(["## Tables", "", "| schema | tables |", "|---|---|", *rows, ""])


def _link(table: Table) -> str:
    return f"[{table.name}](#{table.full_name.replace('.', '')})"


def _joins() -> str:
    """Two pictures: how the tables of crm refer to each other, and what joins the others to them."""
    refers = [
        f'    {column.references.split(".")[0]} ||--o{{ {table.name} : "{column.name}"'
        for table in CRM_TABLES
        for column in table.columns
        if column.references
    ]
    lines = ["## How tables join", "", "```mermaid", "erDiagram", *refers, "```", "", "```mermaid", "flowchart LR"]
    for number, (column, hub) in enumerate(JOINED_BY.items()):
        lines.append(f'    hub{number}["{hub}"]')
        others = [table for table in PUBLISHED_TABLES if table.schema != "crm" and column in table.column_names]
        for schema in dict.fromkeys(table.schema for table in others):
            names = "<br/>".join(
                table.full_name for table in others if table.schema == schema and table.full_name != hub
            )
            lines.append(f'    hub{number} -- {column} --- {schema}{number}["{names}"]')
    return "\n".join([*lines, "```", ""])


def written_by(table: Table) -> str:
    """The commands whose runs write a table."""
    if table.full_name in WRITTEN_BY:
        return WRITTEN_BY[table.full_name]
    if table.full_name in PLANNED or "plan_id" in table.key:
        return "night, plan"
    return "night, measure" if table.schema == "response" else "night"


def _describe(table: Table) -> str:
    key = f" Key: {', '.join(f'`{name}`' for name in table.key)}." if table.key else ""
    withheld = " **Withheld** as a whole." if table.withheld else ""
    grain = f"One row per {table.grain}.{key} Written by: {written_by(table)}.{withheld}"
    lines = [f"## {table.full_name}", "", grain, "", "```sql", example_of(table.full_name), "```", ""]
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
