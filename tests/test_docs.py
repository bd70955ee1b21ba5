from pathlib import Path

from segmentation.contract.markdown import describe_tables

DOCS = Path(__file__).parent.parent / "docs"


def test_the_page_of_tables_is_that_of_the_contract() -> None:
    assert (DOCS / "tables.md").read_text(encoding="utf-8") == describe_tables(), "run `make docs`"
