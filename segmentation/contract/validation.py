"""SQL that types the rows of a source and says of each what breaks the contract. Text in, text out."""

from collections.abc import Iterable, Mapping

from segmentation.contract.model import MONEY, Column, Table
from segmentation.contract.sql import literal, quote, same_values
from segmentation.contract.values import BOUNDS, Given, ValueFormat, as_text, cast_value, is_missing

KINDS = {
    "DATE": "a date",
    "TIMESTAMP": "a date and time",
    "DOUBLE": "a number",
    "BOOLEAN": "true or false",
    MONEY: "an amount of money",
}
ERASED = "the person was erased"
REASON = "_reason"
REPEATED = "_repeated"


def typed_rows(table: Table, given: Mapping[str, Given], written: ValueFormat) -> str:
    """SELECT over `staging.raw_<table>`: one row per row, typed; each by itself, whatever the others are.

    Args:
        given: what the source has, by declared column or attribute; other columns are empty, or their default.
        written: how numbers and dates are written.

    Returns:
        `_file`, `_row`, the declared columns, the attributes, and `_unreadable`: what cannot be read of the row, if so.
    """
    typed = _typed_rows(table, given, written, attribute_columns(table, given))
    return f"with given as ({_given_rows(table, given)})\n{typed}"


def checked_rows(table: Table, given: Mapping[str, Given], *, erased: str = "false") -> str:
    """SELECT over `typed_<table>`: one row per row, with what is wrong with it.

    Bound parameter: `$latest_date`, the last date that is believed.

    Args:
        given: see `typed_rows`.
        erased: condition over typed rows that says whose must not come back.

    Returns:
        `_file`, `_row`, the declared columns, the attributes, `_reason` (NULL if the row is good) and `_repeated`
        (a good row that says again what an earlier one said). Of rows with one key and different content the first
        in the order of files and rows is good; none is where they differ in the column `table.agrees_in`.
    """
    steps = {
        "judged": _judged_rows(table, erased),
        "compared": _compared_rows(table, attribute_columns(table, given)),
    }
    made_of = ",\n".join(f"{name} as ({select})" for name, select in steps.items())
    return f"with {made_of}\n{_told_rows(table)}"


def _given_rows(table: Table, given: Mapping[str, Given]) -> str:
    """What the source has, computed where the settings say so."""
    return f"""
    select _file, _row,
        {", ".join(f"{source.sql} as {quote(name)}" for name, source in given.items())},
        {_case(_failing_branches(given))} as _failed
    from staging.raw_{table.name}
"""


def _typed_rows(table: Table, given: Mapping[str, Given], written: ValueFormat, attributes: tuple[str, ...]) -> str:
    """Columns of the contract, and the attributes as text; a value that cannot be converted is empty."""
    columns = ",\n        ".join(
        [f"{_typed(column, given, written)} as {quote(column.name)}" for column in table.columns]
        + [f"{as_text(_of(name), given[name].type)} as {quote(name)}" for name in attributes]
    )
    return f"""
    select _file, _row,
        {columns},
        coalesce(_failed, {_case(_unreadable_branches(table, given, written))}) as _unreadable
    from given
"""


def _judged_rows(table: Table, erased: str) -> str:
    """Every row beside the rows that it refers to: `_breach` is what is wrong with it."""
    return f"""
    select typed.* exclude (_unreadable),
        case when {erased} then {literal(ERASED)}
            else coalesce(_unreadable, {_case(_rule_branches(table))}) end as _breach
    from typed_{table.name} as typed
    {_looked_up(table)}
"""


def _looked_up(table: Table) -> str:
    """Joins to the tables that columns refer to; `_known` of each is NULL where it has no such row."""
    joins = []
    for column in table.columns:
        if column.references:
            other, key = column.references.split(".")
            known = f"(select {quote(key)} as _known from crm.{other}) as {quote('of ' + column.name)}"
            joins.append(f"left join {known} on typed.{quote(column.name)} = {quote('of ' + column.name)}._known")
    return "\n    ".join(joins)


def _compared_rows(table: Table, attributes: tuple[str, ...]) -> str:
    """Good rows whose key is there more than once, beside the others of their key."""
    content = ", ".join(quote(name) for name in (*table.column_names, *attributes))
    key = ", ".join(quote(name) for name in table.identity)
    agreed = quote(table.agrees_in) if table.agrees_in else "true"
    return f"""
    with keys_seen_again as (
        select {key} from judged where _breach is null group by all having count(*) > 1
    )
    select _file, _row,
        row_number() over same_key > 1 as _again,
        row({content}) is distinct from first_value(row({content})) over same_key as _differs,
        min({agreed}) over whole_key is distinct from max({agreed}) over whole_key as _contradicts
    from judged semi join keys_seen_again on {same_values("judged", "keys_seen_again", table.identity)}
    where _breach is null
    window same_key as (partition by {key} order by _file, _row), whole_key as (partition by {key})
"""


def _told_rows(table: Table) -> str:
    """All rows with what is wrong with them, and whether they only say something again."""
    return f"""
select judged.* exclude (_breach),
    coalesce(_breach, case when _contradicts then {literal(table.disagreement)} when _again and _differs
        then {literal("another row with the same " + ", ".join(table.identity) + " and other content comes before")}
    end) as {REASON},
    coalesce(_breach is null and not _contradicts and _again and not _differs, false) as {REPEATED}
from judged left join compared on judged._file = compared._file and judged._row = compared._row
"""


def attribute_columns(table: Table, given: Iterable[str]) -> tuple[str, ...]:
    """Columns of the source that the contract does not declare but keeps."""
    if not table.keeps_attributes:
        return ()
    return tuple(name for name in given if name not in table.column_names)


def _of(name: str) -> str:
    return f"given.{quote(name)}"


def _typed(column: Column, given: Mapping[str, Given], written: ValueFormat) -> str:
    if column.name not in given:
        return f"{column.default or 'null'}::{column.type}"
    value = cast_value(_of(column.name), given[column.name].type, column, written)
    return f"coalesce({value}, {column.default})" if column.default else value


def _case(branches: list[tuple[str, str]]) -> str:
    if not branches:
        return "null::varchar"
    return "case " + "\n            ".join(f"when {condition} then {reason}" for condition, reason in branches) + " end"


def _failing_branches(given: Mapping[str, Given]) -> list[tuple[str, str]]:
    """Expressions of the settings that cannot be computed."""
    return [
        (source.fails, literal(f"{name} cannot be computed from the row"))
        for name, source in given.items()
        if source.fails
    ]


def _unreadable_branches(table: Table, given: Mapping[str, Given], written: ValueFormat) -> list[tuple[str, str]]:
    """Values that are missing or that cannot be converted."""
    branches = []
    for column in table.columns:
        if column.name not in given:
            continue
        value, kind = _of(column.name), given[column.name].type
        if column.required:
            branches.append((is_missing(value, kind), literal(f"{column.name} is missing")))
        if column.type != "VARCHAR" and (column.type != kind or kind in BOUNDS):
            told = literal(f"{column.name} is not {KINDS[column.type]}: ")
            unreadable = f"not ({is_missing(value, kind)}) and {cast_value(value, kind, column, written)} is null"
            branches.append((unreadable, f"{told} || {as_text(value, kind)}"))
    return branches


def _rule_branches(table: Table) -> list[tuple[str, str]]:
    """Values that can be read but not be right."""
    branches = []
    for column in table.columns:
        name = quote(column.name)
        if column.type in {"DATE", "TIMESTAMP"} and not column.open_ended:
            told = literal(f"{column.name} is in the far future: ")
            branches.append((f"{name}::date > $latest_date", f"{told} || {name}::varchar"))
        if column.references:
            other = column.references.split(".")[0]
            told = literal(f"{column.name} is not in {other}: ")
            unknown = f"{name} is not null and {quote('of ' + column.name)}._known is null"
            branches.append((unknown, f"{told} || {name}"))
    branches += [(rule.broken_when, literal(rule.reason)) for rule in table.rules]
    return branches
