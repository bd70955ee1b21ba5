"""What digests are made of."""

import base64
from dataclasses import dataclass

from segmentation.reporting.glance import Answer
from segmentation.reporting.numbers import Shown


@dataclass(frozen=True)
class Text:
    """A few words in Markdown."""

    key: str
    title: str
    markdown: str


@dataclass(frozen=True)
class Table:
    """Rows as people read them, each cell a text; all rows have the same columns."""

    key: str
    title: str
    rows: list[dict[str, str]]


Piece = Text | Table


def embed(svg: str, told: str) -> str:
    """A picture as Markdown that holds all of it, on white, since pages may be dark.

    Args:
        told: what it shows, in words.
    """
    on_white = svg.replace("<svg ", '<svg style="background:#fff" ', 1)
    alternative = told.replace("[", "(").replace("]", ")")
    return f"![{alternative}](data:image/svg+xml;base64,{base64.b64encode(on_white.encode()).decode()})"


def tell_answer(answer: Answer) -> str:
    """An answer of the report as Markdown: question, big figure, verdict, facts, notes."""
    big = answer.big
    lines = [f"## {answer.question}", f"**{write(big.shown)}** {big.label}", answer.verdict]
    if answer.facts:
        rows = [f"| {fact.label} | {write(fact.shown)} |" for fact in answer.facts]
        lines.append("\n".join(["| Figure | Value |", "|---|---|", *rows]))
    lines += [f"*{note}*" for note in answer.notes]
    return "\n\n".join(line for line in lines if line)


def write(shown: Shown) -> str:
    """A figure with its interval in one cell, or a dash."""
    return f"{shown.text} ({shown.interval})" if shown.interval else shown.text
