"""Who may import whom: the house rules, read from the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = (
    *("segments", "clusters", "attributes", "value", "history"),
    *("offers", "calls", "forecast", "eligibility", "prediction", "allocation", "targeting", "approval"),
    *("crediting", "response", "validity", "comparison", "payback", "reporting"),
)
PURE = [
    *(ROOT / "segmentation" / "contract").glob("*.py"),
    *(f for part in PARTS for f in (ROOT / "segmentation" / part).glob("*.py") if f.name != "stage.py"),
    *(ROOT / "segmentation" / "notices" / f"{name}.py" for name in ("notice", "warnings")),
    *(ROOT / "segmentation" / "erasure" / f"{name}.py" for name in ("identifiers", "words", "rows", "barring")),
    *(
        ROOT / "segmentation" / "pack" / f"{name}.py"
        for name in ("addresses", "excel", "layout", "lines", "manifest", "text")
    ),
]


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def importers(folder: str, prefix: str) -> set[str]:
    return {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / folder).rglob("*.py")
        for name in imports(file)
        if name == prefix or name.startswith(prefix + ".")
    }


def test_segmentation_never_imports_prefect_or_flows() -> None:
    assert importers("segmentation", "prefect") == set()
    assert importers("segmentation", "flows") == set()


def test_one_module_imports_duckdb() -> None:
    assert importers("segmentation", "duckdb") == {"segmentation/warehouse/connection.py"}
    assert importers("flows", "duckdb") == set()


def test_one_module_reads_toml() -> None:
    assert importers("segmentation", "tomllib") | importers("flows", "tomllib") == {"segmentation/settings/load.py"}


@pytest.mark.parametrize("file", PURE, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_pure_modules_know_no_files_clock_or_database(file: Path) -> None:
    forbidden = ("segmentation.warehouse", "segmentation.run", "pathlib", "os", "time", "random", "shutil")
    assert not [name for name in imports(file) if name.startswith(forbidden) or name == "datetime.datetime"]
