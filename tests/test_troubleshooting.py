"""docs/troubleshooting.md quotes what the code says, and leaves out nothing that it can say."""

import ast
import re
from pathlib import Path

import pytest

from segmentation import errors

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
CODE = [file for part in ("segmentation", "flows") for file in (ROOT / part).rglob("*.py")]
GAP = "…"
CLASSES = {name for name, kind in vars(errors).items() if isinstance(kind, type)}


def template(node: ast.expr) -> str:
    """The text that an expression makes, with a gap for what is only known at run time."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(template(part) for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return template(left) + template(right)
    return GAP


def plain(text: str) -> str:
    """A text as it is compared: without the marks of code, gaps in a row as one."""
    return re.sub(r"(… ?)+…|…", GAP, text.replace("`", "").replace("…,", GAP))


NODES = [
    (f"{file.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}", node)
    for file in CODE
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
]
TEXTS = {plain(template(node)) for _, node in NODES if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Constant)}
CALLS = [(place, node) for place, node in NODES if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
RAISED = [
    (place, plain(template(call.args[0]))) for place, call in CALLS if call.args and ast.unparse(call.func) in CLASSES
]
QUOTED = [
    quote
    for line in PAGE.splitlines()
    if line.startswith("| ") and "`" in line
    for quote in re.findall(r"`([^`]+)`", re.split(r" \| ", line.removeprefix("| "), maxsplit=1)[0])
]
# Words of PostgreSQL, of DuckDB, of a rule of the settings, or of a function whose texts are quoted.
ANOTHERS_WORDS = {GAP, "…: …", "plan …; …"}
WORD = re.compile(r"\w{3}")


def quotes(quote: str, text: str) -> bool:
    """Whether a text of the code has the fixed parts of a quotation, in their order."""
    parts = [re.escape(part) for part in plain(quote).split(GAP)]
    return re.search(".*".join(parts), text, re.DOTALL) is not None


@pytest.mark.parametrize("quote", QUOTED)
def test_what_is_quoted_is_said_by_the_code(quote: str) -> None:
    assert any(quotes(quote, text) for text in TEXTS)


@pytest.mark.parametrize(("place", "text"), [entry for entry in RAISED if entry[1] not in ANOTHERS_WORDS])
def test_what_can_be_said_is_quoted(place: str, text: str) -> None:
    assert any(quotes(quote, text) for quote in QUOTED if WORD.search(quote)), f"{place} says: {text}"


def test_every_reason_to_refuse_is_looked_at() -> None:
    assert CLASSES - {ast.unparse(call.func) for _, call in CALLS} == set()
    assert len(RAISED) > 100
