"""The guide is followed word by word, and what it shows is what is printed."""

from pathlib import Path

import pytest

from tests.flows.conftest import Console
from tests.flows.guide import GUIDE, Step, agrees, run_guide


def test_the_guide_does_what_it_says(console: Console, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {"GUIDE": str(GUIDE.parent / "guide")}

    def mailworth(arguments: list[str]) -> tuple[int, str]:
        for name in variables.keys() - {"GUIDE"}:
            monkeypatch.setenv(name, variables[name])
        answer = console.run(*arguments, folder=tmp_path)
        return answer.returncode, answer.stdout + answer.stderr

    for step in run_guide(GUIDE.read_text(encoding="utf-8"), tmp_path, variables, mailworth):
        printed = "\n".join(step.printed)
        assert step.code == step.code_shown, printed
        assert agrees(step), f"$ {step.command}\n{printed}\nrun `make guide` if that is meant"


@pytest.mark.parametrize(
    ("shown", "printed", "agree"),
    [
        (["┆ 1,000.0 ┆ yes │"], ["┆ 1,010.0 ┆     yes │"], True),
        (["┆ 1,000.0 ┆ yes │"], ["┆ 1,100.0 ┆ yes │"], False),
        (["┆ 1,000 ┆ yes │"], ["┆ 1,001 ┆ yes │"], False),
        (["┆ 1,000 ┆ yes │"], ["┆ 1,000 ┆ no │"], False),
        (["a", "b"], ["a", "b", "c"], False),
        (["...", "b"], ["a", "b", "c"], True),
        (["...", "b", "a"], ["a", "b", "c"], False),
        ([], ["a"], True),
    ],
)
def test_output_agrees_up_to_rounding(shown: list[str], printed: list[str], agree: bool) -> None:
    assert agrees(Step("mailworth query", shown, 0, printed)) is agree
