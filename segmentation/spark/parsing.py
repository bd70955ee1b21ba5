"""DuckDB's SQL read into statements, with the macros of every connection replaced by what they stand for."""

from collections.abc import Callable
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from segmentation.warehouse.plain_text import MACROS

Macros = dict[str, tuple[tuple[str, ...], exp.Expr]]


class AsWritten(DuckDB):  # type: ignore[misc]  # sqlglot is not always installed
    """DuckDB's SQL with the places of a list as they are written, from 1 on; sqlglot would move some, but not all."""

    INDEX_OFFSET = 0


def parse(query: str) -> exp.Expr:
    """The one statement of a text in DuckDB's SQL, its macros replaced by what they stand for."""
    return rewrite_nodes(sqlglot.parse_one(query, read=AsWritten), _expand_macro)


def rewrite_nodes(statement: exp.Expr, rewrite: Callable[[exp.Expr], exp.Expr]) -> exp.Expr:
    """Every node replaced by what `rewrite` gives for it, the parts of a node before the node."""
    for node in reversed(list(statement.walk(bfs=True))):
        written = rewrite(node)
        if written is not node:
            if node is statement:
                statement = written
            else:
                node.replace(written)
    return statement


@cache
def _macros() -> Macros:
    """Parameters and body of each macro of warehouse.plain_text, by name."""
    found: Macros = {}
    for text in MACROS:
        created = sqlglot.parse_one(text, read=AsWritten)
        signature = created.this
        parameters = tuple(parameter.name for parameter in signature.expressions)
        found[signature.this.name.lower()] = (parameters, rewrite_nodes(created.expression, _expand_within(found)))
    return found


def _expand_within(known: Macros) -> Callable[[exp.Expr], exp.Expr]:
    def expand(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Anonymous) or node.name.lower() not in known:
            return node
        parameters, body = known[node.name.lower()]
        given = dict(zip(parameters, node.expressions, strict=True))

        def fill(inner: exp.Expr) -> exp.Expr:
            return given[inner.name].copy() if isinstance(inner, exp.Column) and inner.name in given else inner

        return exp.paren(rewrite_nodes(body.copy(), fill))

    return expand


def _expand_macro(node: exp.Expr) -> exp.Expr:
    return _expand_within(_macros())(node)
