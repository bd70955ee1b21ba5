import re
from pathlib import Path

import pytest

from flows.cli.main import app
from segmentation.contract.examples import EXAMPLES, example_of
from segmentation.contract.markdown import describe_tables
from segmentation.contract.model import Table
from segmentation.contract.published import PUBLISHED_TABLES
from segmentation.settings import Settings
from segmentation.settings.markdown import describe_settings
from segmentation.warehouse.connection import Connection, execute

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [page for page in ROOT.rglob("*.md") if not any(part.startswith(".") for part in page.relative_to(ROOT).parts)]


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings have."""
    found = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in found}


def test_the_page_of_tables_is_that_of_the_contract() -> None:
    assert (DOCS / "warehouse.md").read_text(encoding="utf-8") == describe_tables(), "run `make docs`"


@pytest.mark.parametrize("table", PUBLISHED_TABLES, ids=lambda table: table.full_name)
def test_an_example_reads_its_table(warehouse: Connection, table: Table) -> None:
    example = example_of(table.full_name)
    assert re.search(rf"\bfrom\s+{table.full_name}\b", example)
    execute(warehouse, example)


def test_no_example_is_left_of_a_table_that_is_gone() -> None:
    assert EXAMPLES.keys() <= {table.full_name for table in PUBLISHED_TABLES}


def test_the_page_of_settings_is_that_of_the_settings() -> None:
    page = (DOCS / "settings.md").read_text(encoding="utf-8")
    assert page == describe_settings(), "run `make docs`"
    keys = [(name, key) for name, part in Settings.model_fields.items() for key in type(part.default).model_fields]
    assert [
        key
        for name, key in keys
        if f"| `{key}` | " not in page or f"`MAILWORTH_{name}__{key}`".upper() not in page.upper()
    ] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith("http"):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        assert not anchor or anchor in headings(there), target


def test_every_page_is_in_the_index() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    assert [page.name for page in DOCS.glob("[!R]*.md") if f"]({page.name})" not in index] == []


def test_every_command_is_told_of() -> None:
    page = (DOCS / "commands.md").read_text(encoding="utf-8")
    commands = [name for name in app if not name.startswith("-")]
    assert len(commands) > 10
    assert [name for name in commands if not re.search(rf"`(mailworth )?{name}\b", page)] == []
