"""What `*`, COLUMNS() and UNION BY NAME stand for, spelled out where Spark has no word for them."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import sqlglot
from sqlglot import exp

Columns = Callable[[str], Sequence[str]]
MATCH = r"\0"


def expand_stars(statement: exp.Expr, columns: Columns, bound: Mapping[str, object]) -> exp.Expr:
    """`statement` without COLUMNS() and without UNION BY NAME.

    Args:
        columns: names of the columns of a table `schema.name` or `name`, in order.
        bound: values of the parameters.
    """
    for select in list(statement.find_all(exp.Select)):
        _spell_out_tables(select, columns)
        if any(_columns_of(projection) for projection in select.expressions):
            _spell_out(select, columns, bound)
    for union in reversed(list(statement.find_all(exp.Union))):
        if union.args.get("by_name"):
            _align(union, columns)
    return statement


def _spell_out_tables(select: exp.Select, columns: Columns) -> None:
    """`table.*` as its columns in their order; after a join USING, Spark would put the key first."""
    if not any(projection.is_star and isinstance(projection, exp.Column) for projection in select.expressions):
        return
    spelled: list[exp.Expr] = []
    for projection in select.expressions:
        if isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
            names = _without(_names_of(select, projection.table, columns), projection.this)
            spelled += [exp.column(exp.to_identifier(name, quoted=True), projection.table) for name in names]
        else:
            spelled.append(projection)
    select.set("expressions", spelled)


def _names_of(select: exp.Select, alias: str, columns: Columns) -> list[str]:
    """Names of the columns of the table called `alias` in a SELECT."""
    first = select.args["from_"].this
    joins = [*(select.args.get("joins") or ()), *(first.args.get("joins") or ())]
    for relation in (first, *(join.this for join in joins)):
        if relation.alias_or_name == alias:
            return output_names(relation, columns)
    raise sqlglot.errors.UnsupportedError(f"{alias}.* of an unknown table")


def _columns_of(projection: exp.Expr) -> exp.Columns | None:
    inner = projection.this if isinstance(projection, exp.Alias) else projection
    return inner if isinstance(inner, exp.Columns) else None


def _spell_out(select: exp.Select, columns: Columns, bound: Mapping[str, object]) -> None:
    there = output_names(select.args["from_"].this, columns)
    spelled: list[exp.Expr] = []
    for projection in select.expressions:
        chosen = _columns_of(projection)
        if chosen is None:
            spelled.append(projection)
            continue
        for name in _choose(chosen.this, there, bound):
            alias = projection.alias.replace(MATCH, name) if isinstance(projection, exp.Alias) else name
            spelled.append(exp.alias_(exp.column(exp.to_identifier(name, quoted=True)), alias, quoted=True))
    select.set("expressions", spelled)


def _choose(wanted: exp.Expr, there: Sequence[str], bound: Mapping[str, object]) -> Iterable[str]:
    """The names that a list, a parameter with a list, `*` or a lambda stands for."""
    if isinstance(wanted, exp.Star):
        return _without(there, wanted)
    if isinstance(wanted, exp.Placeholder):
        return _known(_listed(bound, wanted), there)
    if isinstance(wanted, exp.Lambda):
        named: list[str] = []
        for condition in wanted.this.flatten() if isinstance(wanted.this, exp.Or) else [wanted.this]:
            if isinstance(condition, exp.EQ):
                named.append(condition.expression.name)
            elif isinstance(condition, exp.ArrayContains) and isinstance(condition.this, exp.Placeholder):
                named += _listed(bound, condition.this)
            else:
                raise sqlglot.errors.UnsupportedError(f"COLUMNS({wanted.sql()})")
        return [name for name in there if name in named]
    raise sqlglot.errors.UnsupportedError(f"COLUMNS({wanted.sql()})")


def _listed(bound: Mapping[str, object], parameter: exp.Placeholder) -> list[str]:
    names = bound[parameter.name]
    assert isinstance(names, list)
    return names


def _known(names: Iterable[str], there: Sequence[str]) -> list[str]:
    by_name = {name.lower(): name for name in there}
    return [by_name[name.lower()] for name in names if name.lower() in by_name]


def _without(names: Sequence[str], star: exp.Star) -> list[str]:
    gone = {column.name.lower() for column in star.args.get("except_") or ()}
    return [name for name in names if name.lower() not in gone]


def output_names(relation: exp.Expr, columns: Columns) -> list[str]:
    """Names of the columns of a table, common table expression, subquery or SELECT, in order."""
    if isinstance(relation, exp.Table):
        inner = _with_name(relation)
        return (
            output_names(inner, columns)
            if inner
            else list(columns(relation.sql("duckdb", comments=False).split(" ")[0]))
        )
    if isinstance(relation, exp.Subquery | exp.CTE):
        return output_names(relation.this, columns)
    if isinstance(relation, exp.Union):
        left, right = (output_names(side, columns) for side in (relation.left, relation.right))
        return left + [name for name in right if name not in left] if relation.args.get("by_name") else left
    names: list[str] = []
    for projection in relation.expressions:
        if isinstance(projection, exp.Star):
            names += _without(output_names(relation.args["from_"].this, columns), projection)
        elif isinstance(projection, exp.Column) and isinstance(projection.this, exp.Star):
            names += _without(_names_of(relation, projection.table, columns), projection.this)
        else:
            names.append(projection.alias_or_name)
    return names


def _with_name(table: exp.Table) -> exp.Expr | None:
    """The common table expression that `table` means, if it means one."""
    if table.db:
        return None
    scope: exp.Expr | None = table
    while scope is not None:
        scope = scope.parent
        for expression in scope.ctes if isinstance(scope, exp.Query) else ():
            if expression.alias == table.name and table.find_ancestor(exp.CTE) is not expression:
                return expression
    return None


def _align(union: exp.Union, columns: Columns) -> None:
    """Both sides with the same columns in the same order; what one lacks is NULL."""
    names = output_names(union, columns)
    sides = []
    for side in (union.left, union.right):
        has = output_names(side, columns)
        chosen: list[exp.Expr] = [
            exp.column(exp.to_identifier(name, quoted=True))
            if name in has
            else exp.alias_(exp.null(), name, quoted=True)
            for name in names
        ]
        sides.append(exp.select(*chosen).from_(side.unnest().subquery("side")))
    union.set("this", sides[0])
    union.set("expression", sides[1])
    union.set("by_name", False)
