"""From DuckDB's SQL to Spark's: every difference between the two is handled here, once. Text in, text out.

What is not here is the same in both, or sqlglot's to know: names of functions, NULLS LAST, QUALIFY. Spark runs with
`spark.sql.ansi.enabled`, so a cast or a sum that is impossible fails as it does in DuckDB.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping

import sqlglot
from sqlglot import exp

from segmentation.spark.letters import letters_of
from segmentation.spark.parsing import rewrite_nodes
from segmentation.spark.stars import Columns, expand_stars

WHOLE = (exp.DType.INT, exp.DType.BIGINT, exp.DType.SMALLINT, exp.DType.TINYINT)
HEXADECIMAL = "0x"
GROUP = re.compile(r"\\(\d)")
LETTERS = ("strip_accents",)
LETTERS_OF = {exp.Lower: "lower", exp.Upper: "upper"}
SPACES = r"^\p{Zs}+|\p{Zs}+$"


def translate(statement: exp.Expr, *, dates: Collection[str], columns: Columns, bound: Mapping[str, object]) -> str:
    """A parsed SELECT as Spark understands it; a table `schema.name` is called `schema__name`.

    Args:
        dates: names of all columns of the tables read that hold dates.
        columns: names of the columns of a table, in order.
        bound: values of the `$parameters`, which decide what COLUMNS() stands for; in Spark they are `:parameters`.

    Raises:
        sqlglot.errors.UnsupportedError: there is no such thing in Spark.
    """
    expanded = expand_stars(statement.copy(), columns, bound)
    known = _date_names(expanded, dates, bound)
    for rewrite in (_replace_asof, _rename_table, _casts(known), _dates(known, bound), _functions):
        expanded = rewrite_nodes(expanded, rewrite)
    text: str = expanded.sql("spark", unsupported_level=sqlglot.ErrorLevel.RAISE, comments=False)
    return text


def spark_type(kind: str) -> str:
    """A type of DuckDB in Spark's words; a moment has no zone."""
    built = exp.DataType.build(kind, dialect="duckdb")
    moment = built.this == exp.DType.TIMESTAMP
    text: str = (exp.DataType.build(exp.DType.TIMESTAMPNTZ) if moment else built).sql("spark")
    return text


def view_name(table: exp.Table) -> str:
    """What Spark calls a table: a temporary view has no schema."""
    return f"{table.db}__{table.name}" if table.db else table.name


def _rename_table(node: exp.Expr) -> exp.Expr:
    """A temporary view has no schema; columns go on being called by the table's own name."""
    if isinstance(node, exp.Table) and node.db:
        named = exp.to_table(view_name(node))
        named.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias or node.name)))
        for part in ("joins", "laterals", "sample"):
            if node.args.get(part):
                named.set(part, node.args[part])
        return named
    return node


def _replace_asof(node: exp.Expr) -> exp.Expr:
    """The row that begins last at or below a value, as the one whose range the value lies in."""
    if not isinstance(node, exp.Join) or node.args.get("method") != "ASOF":
        return node
    condition, steps = node.args["on"], node.this
    if not isinstance(condition, exp.GTE) or not isinstance(steps, exp.Table):
        raise sqlglot.errors.UnsupportedError("ASOF JOIN other than by one `value >= table.start`")
    start = condition.expression
    following = exp.to_identifier("_following")
    ranges = exp.select("*", f"lead({start.name}) over (order by {start.name}) as {following.name}").from_(steps.name)
    ends = exp.column(following, steps.alias_or_name)
    below = exp.or_(
        exp.Is(this=ends, expression=exp.null()), exp.LT(this=condition.this.copy(), expression=ends.copy())
    )
    return exp.Join(this=ranges.subquery(steps.alias_or_name), on=exp.and_(condition.copy(), exp.paren(below)))


def _date_names(statement: exp.Expr, dates: Collection[str], bound: Mapping[str, object]) -> set[str]:
    """Names that stand for a date in the statement: columns, and what it calls dates itself."""
    known = set(dates)
    found = -1
    while found != len(known):
        found = len(known)
        known |= {alias.alias for alias in statement.find_all(exp.Alias) if _is_date(alias.this, known, bound)}
    return known


def _is_date(node: exp.Expr, known: Collection[str], bound: Mapping[str, object]) -> bool:
    if isinstance(node, exp.Cast):
        return bool(node.to.this == exp.DType.DATE)
    if isinstance(node, exp.Column):
        return node.name in known
    if isinstance(node, exp.Placeholder):
        return type(bound.get(node.name)) is dt.date
    if isinstance(node, exp.Paren | exp.Filter | exp.Max | exp.Min | exp.Window):
        return _is_date(node.this, known, bound)
    if isinstance(node, exp.Coalesce | exp.Greatest | exp.Least):
        return any(_is_date(part, known, bound) for part in (node.this, *node.expressions))
    if isinstance(node, exp.Add | exp.Sub):
        return _is_date(node.this, known, bound) and not _is_date(node.expression, known, bound)
    return False


def _dates(known: Collection[str], bound: Mapping[str, object]) -> Callable[[exp.Expr], exp.Expr]:
    def rewrite(node: exp.Expr) -> exp.Expr:
        """Days between two dates are a number, not an interval."""
        both = isinstance(node, exp.Sub) and all(_is_date(of, known, bound) for of in (node.this, node.expression))
        return exp.func("datediff", node.this, node.expression, dialect="spark") if both else node

    return rewrite


def _casts(known: Collection[str]) -> Callable[[exp.Expr], exp.Expr]:
    def rewrite(node: exp.Expr) -> exp.Expr:
        """A cast to a whole number rounds, half to even; hexadecimal digits are read; a moment has no zone."""
        if not isinstance(node, exp.Cast):
            return node
        wanted, value = node.to.this, node.this.unnest()
        if isinstance(value, exp.Explode):  # what makes rows must stand alone
            listed = exp.DataType.build(f"array<{node.to.sql('spark')}>", dialect="spark")
            return exp.Explode(this=type(node)(this=value.this, to=listed))
        if wanted == exp.DType.JSON:  # read where a part of it is taken
            return node.this
        if wanted == exp.DType.TIMESTAMP:
            return type(node)(this=node.this, to=exp.DataType.build(exp.DType.TIMESTAMPNTZ))
        if wanted not in WHOLE:
            return node
        if isinstance(value, exp.DPipe) and value.this.name == HEXADECIMAL:
            digits = exp.func("conv", value.expression, exp.Literal.number(16), exp.Literal.number(10))
            return exp.cast(digits, exp.DType.BIGINT)
        if _is_whole(value, known):
            return node
        return type(node)(this=exp.func("bround", node.this), to=node.to)

    return rewrite


def _is_whole(value: exp.Expr, known: Collection[str]) -> bool:
    """Whether there is nothing to round."""
    is_days = isinstance(value, exp.Sub) and _is_date(value.this, known, {})
    return is_days or isinstance(value, exp.Predicate | exp.Placeholder | exp.Literal | exp.Null | exp.Boolean)


def _functions(node: exp.Expr) -> exp.Expr:
    """Functions and operators that share a name, but not their meaning."""
    if isinstance(node, exp.Div):
        return _divide(node)
    if isinstance(node, exp.Bracket) and len(node.expressions) == 1:
        return _get(node.this, node.expressions[0])
    if isinstance(node, exp.Length) and isinstance(node.this, exp.ArrayFilter):
        return exp.func("array_size", node.this)
    if isinstance(node, exp.Avg):
        return exp.Avg(this=exp.cast(node.this, exp.DType.DOUBLE))
    if isinstance(node, exp.Trim) and node.expression is None:
        return exp.func("regexp_replace", node.this, exp.Literal.string(SPACES), exp.Literal.string(""))
    if isinstance(node, exp.RegexpReplace):
        node.set("replacement", exp.Literal.string(GROUP.sub(r"$\1", node.args["replacement"].name)))
    if isinstance(node, exp.Lower | exp.Upper) or (isinstance(node, exp.Anonymous) and node.name.lower() in LETTERS):
        return _letters(node)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "LIST_POSITION":
        place = exp.func("array_position", *node.expressions, dialect="spark")
        return exp.func("nullif", place, exp.Literal.number(0))
    if isinstance(node, exp.Anonymous) and node.name.upper() == "LIST_EXTRACT":
        return _get(*node.expressions)
    if isinstance(node, exp.RegexpFullMatch):
        whole = exp.func("concat", exp.Literal.string("^(?:"), node.expression, exp.Literal.string(r")\z"))
        return exp.RegexpLike(this=node.this, expression=whole)
    if isinstance(node, exp.Anonymous) and node.name.upper() == "ROW":
        return exp.func("struct", *node.expressions)
    if isinstance(node, exp.Explode) and any(isinstance(given, exp.PropertyEQ) for given in node.expressions):
        return exp.Inline(this=node.this)  # recursive := true, of a list of structs
    return node


def _get(listed: exp.Expr, place: exp.Expr) -> exp.Expr:
    """Places are from 1 on; beyond the end is NULL."""
    before = exp.Sub(this=exp.paren(place), expression=exp.Literal.number(1))
    return exp.func("get", listed, exp.cast(before, exp.DType.INT))


def _letters(node: exp.Expr) -> exp.Expr:
    """Letter by letter as DuckDB does; Java would take the language and the neighbours into account."""
    of = node.expressions[0] if isinstance(node, exp.Anonymous) else node.this
    letters, become = letters_of(LETTERS_OF.get(type(node)) or node.name.lower())
    return exp.func("translate", of, exp.Literal.string(letters), exp.Literal.string(become))


def _divide(node: exp.Div) -> exp.Expr:
    """Always floating; by zero it is infinite, or NaN."""
    over = exp.cast(node.this, exp.DType.DOUBLE)
    by = exp.cast(node.expression, exp.DType.DOUBLE)
    divided = exp.Div(this=over, expression=by, typed=True, safe=False)
    if isinstance(node.expression.unnest(), exp.Literal | exp.Pow):
        return divided
    infinite = exp.Mul(this=over.copy(), expression=exp.cast(exp.Literal.string("infinity"), exp.DType.DOUBLE))
    return exp.func("if", exp.EQ(this=by.copy(), expression=exp.Literal.number(0)), infinite, divided)
