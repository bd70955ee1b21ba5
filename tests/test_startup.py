"""Short commands start without what they do not need: each heavy library takes up to seconds."""

import subprocess
import sys
from pathlib import Path

import pytest

from segmentation.warehouse.connection import execute, open_database

HEAVY = ("prefect", "sklearn", "scipy", "altair", "pandas")
CODE = """
import sys
from flows.cli.main import run_command
code = run_command(sys.argv[2:])
print(code, [name for name in sys.argv[1].split() if name in sys.modules])
"""


def start(*arguments: str, heavy: tuple[str, ...] = HEAVY) -> str:
    """Exit code and which of the heavy libraries are there at the end; all commands run in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", CODE, " ".join(heavy), *arguments], capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()[-1]


def test_help_starts_without_engine_and_models() -> None:
    assert start("--help", heavy=(*HEAVY, "numpy", "duckdb", "pyarrow")) == "0 []"


def test_a_query_is_answered_without_prefect_and_models(tmp_path: Path) -> None:
    with open_database(tmp_path / "w.duckdb") as connection:
        execute(connection, "create table counted as select 1 as n")
    assert start("query", "select n from counted", "--warehouse", str(tmp_path / "w.duckdb")) == "0 []"


@pytest.mark.parametrize("arguments", [("query", "select 1"), ("erase", "c1")])
def test_what_cannot_be_done_is_told_without_prefect_and_models(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert start(*arguments, "--warehouse", str(tmp_path / "missing.duckdb")) == "1 []"
