"""A notice: what happened, in words. It holds no personal data and no secret."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Event = Literal["failure", "warning", "not started", "recovery", "test"]


@dataclass(frozen=True)
class Warned:
    """Something that a night found and somebody should look at.

    Attributes:
        key: the same every night while it lasts, so that it is told once.
        text: what is wrong and what to do.
    """

    key: str
    text: str


@dataclass(frozen=True)
class Notice:
    """A message.

    Attributes:
        subject: one line.
        lines: what there is to know, a line each.
        link: where to look, if there is a page.
    """

    event: Event
    subject: str
    lines: tuple[str, ...]
    link: str | None = None

    @property
    def text(self) -> str:
        """Subject, lines and link as plain text."""
        return "\n".join([self.subject, "", *self.lines, *(["", f"Look at it: {self.link}"] if self.link else [])])


FAULT = "a fault of Mailworth's own; its traceback is in the log of the run"


def tell_failure(run: str, why: str, link: str | None) -> Notice:
    """A run has failed.

    Args:
        run: its name.
        why: the one line that says what is wrong and what to do.
    """
    lines = (why, "What was published before stays as it was.")
    return Notice("failure", f"Mailworth: {run} has failed", lines, link)


def tell_warnings(run: str, warned: Collection[Warned], link: str | None) -> Notice:
    """A night has found something; there is at least one warning."""
    count = f"{len(warned)} warnings" if len(warned) > 1 else "a warning"
    return Notice("warning", f"Mailworth: {run}: {count}", tuple(one.text for one in warned), link)


def tell_not_started(due: str, minutes: int, link: str | None) -> Notice:
    """A night has not started.

    Args:
        due: when it was to start, local time.
        minutes: how long it was waited for.
    """
    why = (
        f"It was due at {due} and has not begun {minutes} minutes later: what runs it hangs or has ended. "
        "Start `mailworth serve` again; it catches the night up."
    )
    return Notice("not started", f"Mailworth: the night of {due[:10]} has not started", (why,), link)


def tell_recovery(run: str, link: str | None) -> Notice:
    """A night has finished after one that failed or did not start."""
    return Notice("recovery", f"Mailworth: {run} has finished; it works again", ("Nothing is to be done.",), link)


def tell_test() -> Notice:
    """That notices arrive."""
    lines = ("This is a test: notices of Mailworth arrive here.", "Nothing is to be done.")
    return Notice("test", "Mailworth: test of notices", lines)
