"""The unit and the Containerfile, as far as they can be read; `make test-container` runs the latter."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.container import FILE, ROOT, instructions

UNIT = ROOT / "docs" / "deploy" / "mailworth.service"
SINCE_254 = ("RestartSteps", "RestartMaxDelaySec")  # earlier ones leave them out, and say so


@pytest.fixture
def analyze() -> str:
    found = shutil.which("systemd-analyze")
    if found is None:
        pytest.skip("systemd-analyze is not installed (Debian: apt-get install systemd)")
    return found


def with_programs_of_here(folder: Path, *files: Path) -> Path:
    """The unit, with drop-ins, as systemd would read it, but with programs that are there."""
    programs = str(Path(sys.executable).parent)
    unit = folder / UNIT.name
    texts = [file.read_text(encoding="utf-8").replace("/opt/mailworth/bin", programs) for file in (UNIT, *files)]
    unit.write_text("\n".join(texts), encoding="utf-8")
    return unit


@pytest.mark.parametrize("files", [(), (UNIT.with_name("worker.conf"),)], ids=["serve", "worker"])
def test_systemd_finds_nothing_wrong_with_the_unit(analyze: str, tmp_path: Path, files: tuple[Path, ...]) -> None:
    unit = with_programs_of_here(tmp_path, *files)
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True)
    told = [
        line for line in done.stderr.splitlines() if unit.name in line and not any(key in line for key in SINCE_254)
    ]
    assert (done.returncode, told) == (0, [])


def test_the_service_is_exposed_to_little(analyze: str, tmp_path: Path) -> None:
    unit = with_programs_of_here(tmp_path)
    command = [analyze, "security", "--offline=true", "--threshold=20", str(unit)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout.splitlines()[-1]  # 2.0 of 10


def test_the_container_serves_as_a_user_and_takes_only_what_is_here() -> None:
    steps = instructions(FILE.read_text(encoding="utf-8"))
    order = [name for name, _ in steps]
    assert order[0] == "FROM"
    assert order.index("USER") < order.index("CMD")
    assert {"VOLUME", "HEALTHCHECK"} <= set(order)
    copied = [place for name, argument in steps if name == "COPY" for place in argument.split()[:-1]]
    assert {"requirements.lock", "segmentation", "flows"} <= set(copied)
    assert [place for place in copied if not (ROOT / place).exists()] == []
    installs = [argument for name, argument in steps if name == "RUN" and "install" in argument and "pip" in argument]
    assert "--require-hashes" in installs[0]
    assert "--constraint requirements.lock" in installs[0]
    assert "--no-deps" in installs[1]
