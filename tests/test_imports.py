"""Who may import whom: the house rules, read from the source."""

import ast
import subprocess
import sys
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


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["query", "select 1", "--warehouse", "missing.duckdb"],
        ["erase", "c1", "--warehouse", "missing.duckdb"],
    ],
)
def test_help_and_query_start_without_prefect_and_scikit_learn(arguments: list[str]) -> None:
    code = (
        "import sys; sys.argv[1:] = sys.argv[1:]\n"
        "from flows.cli.main import app\n"
        "try: app(exit_on_error=False)\n"
        "except Exception: pass\n"
        "print([m for m in ('prefect', 'sklearn', 'scipy', 'altair') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.splitlines()[-1] == "[]"
