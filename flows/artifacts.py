"""What a run shows of its results on Prefect's page: artifacts, made of the digests of `segmentation`.

Only runs of the page have them: whoever uses the command line has the same on the terminal and in the report.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)

from flows.files import find_link
from flows.page import from_page
from segmentation.digests.pieces import Piece, Table
from segmentation.run import Published
from segmentation.settings import Settings


def show(digest: Callable[[], Iterable[Piece]]) -> None:
    """Make an artifact of each piece of a digest, which is read only if it is shown."""
    if from_page():
        for piece in digest():
            _show(piece)


def show_files(published: Published, settings: Settings) -> None:
    """Link to the report and the lists, or say where they lie if the page may not show them."""
    if not from_page():
        return
    report = _point("The report", published.report, settings)
    create_markdown_artifact(report, key="report", description="Report")
    if published.lists:
        lists = "\n".join(f"- {_point(file.name, file, settings)}" for file in published.lists)
        create_markdown_artifact(lists, key="list", description="Files for the mail house")


def _point(name: str, file: Path, settings: Settings) -> str:
    link = find_link(file, settings)
    return f"[{name}]({link})" if link else f"{name} lies on the server: `{file.absolute()}`"


@contextmanager
def progress(key: str, title: str) -> Iterator[Callable[[float], None]]:
    """Gives a function that is told which share of the work is done, 0-1."""
    if not from_page():
        yield lambda share: None
        return
    bar = create_progress_artifact(0.0, key=key, description=title)

    def move(share: float) -> None:
        update_progress_artifact(bar, progress=100 * share)  # type: ignore[arg-type]

    yield move


def _show(piece: Piece) -> None:
    if isinstance(piece, Table):
        create_table_artifact(piece.rows, key=piece.key, description=piece.title)
    else:
        create_markdown_artifact(piece.markdown, key=piece.key, description=piece.title)
