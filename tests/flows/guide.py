"""The guide is run as a reader would: `python -m tests.flows.guide` rewrites what it shows of tables.

In docs/guide.md a block `console` has command lines after `$ `, each with what it prints (`...` for lines left out);
`toml FILE` is added to the end of a file; `diff FILE` has a part of a line to take out and what stands there instead.
"""

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

GUIDE = Path(__file__).parent.parent.parent / "docs" / "guide.md"
BLOCK = re.compile(r"^```(console|toml|diff)(?: (\S+))?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
TOLERANCE = 0.02  # by which a number with decimals may differ, for processors that round sums otherwise
LEFT_OUT = "..."

Mailworth = Callable[[list[str]], tuple[int, str]]


@dataclass(frozen=True)
class Step:
    """A command line of the page, what the page shows of its output, and what it printed."""

    command: str
    shown: list[str]
    code: int
    printed: list[str]

    @property
    def code_shown(self) -> int:
        """The exit code that the page lets expect."""
        return int(self.shown[:1] != [] and self.shown[0].startswith("mailworth: "))


def run_guide(text: str, folder: Path, variables: dict[str, str], mailworth: Mailworth) -> Iterator[Step]:
    """Do what the page says, in an empty folder.

    Args:
        variables: the environment; those that the page exports are put into it.
        mailworth: runs the command with its arguments and gives exit code and output.
    """
    for kind, file, body in BLOCK.findall(text):
        if kind == "toml":
            path = folder / file
            path.write_text(f"{path.read_text(encoding='utf-8')}\n{body}", encoding="utf-8")
        elif kind == "diff":
            change(folder / file, *(line[1:].encode() for line in body.splitlines()))
        else:
            for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                command, *shown = part.splitlines()
                yield Step(command, shown, *run_line(command, folder, variables, mailworth))


def rewrite(text: str, steps: list[Step]) -> str:
    """The page, with what its queries print now."""
    for step in steps:
        if step.command.startswith(("mailworth query", "mailworth power")):
            old, new = ("\n".join([f"$ {step.command}", *lines]) for lines in (step.shown, step.printed))
            text = text.replace(f"{old}\n", f"{new}\n", 1)
    return text


def change(file: Path, old: bytes, new: bytes) -> None:
    """Replace what is once in a file."""
    content = file.read_bytes()
    assert content.count(old) == 1, f"{file.name} has {old.decode()} {content.count(old)} times"
    file.write_bytes(content.replace(old, new))


def run_line(command: str, folder: Path, variables: dict[str, str], mailworth: Mailworth) -> tuple[int, list[str]]:
    """Run a command line of a shell as far as the page needs one."""
    line = re.sub(r"\$(\w+)", lambda name: variables[name[1]], command)
    program, *arguments = shlex.split(line)
    if program == "export":
        variables.update(argument.split("=", 1) for argument in arguments)
        return 0, []
    if program == "mailworth":
        code, printed = mailworth(arguments)
        return code, printed.splitlines()
    assert program == "python", command
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).splitlines()


def agrees(step: Step) -> bool:
    """Whether the lines shown are those printed, in their order; more may be printed where `...` stands or none is."""
    if not step.shown:
        return True
    if LEFT_OUT not in step.shown:
        return len(step.shown) == len(step.printed) and all(map(alike, step.shown, step.printed))
    rest = iter(step.printed)
    return all(any(alike(line, other) for other in rest) for line in step.shown if line != LEFT_OUT)


def alike(line: str, other: str) -> bool:
    """Whether two lines have the same words and numbers, up to the tolerance, however wide columns are."""
    words, others = split(line), split(other)
    return len(words) == len(others) and all(map(same, words, others))


def split(line: str) -> list[str]:
    """Words of a line, without the frame of a table."""
    return re.sub(r"[─═│┆┌┐└┘├┤┬┴┼╞╡╪\s]+", " ", line).split()


def same(word: str, other: str) -> bool:
    """Whether two words, or numbers, are the same."""
    try:
        one, two = (float(text.replace(",", "")) for text in (word, other))
    except ValueError:
        return word == other
    return one == two or ("." in word and abs(one - two) <= TOLERANCE * max(abs(one), abs(two)))


def main() -> None:
    """Run the guide in a new folder, with the command of this environment, and rewrite it."""
    text = GUIDE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        variables = {**os.environ, "GUIDE": str(GUIDE.parent / "guide")}

        def mailworth(arguments: list[str]) -> tuple[int, str]:
            command = [str(Path(sys.executable).parent / "mailworth"), *arguments]
            done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
            return done.returncode, done.stdout + done.stderr

        steps = []
        for step in run_guide(text, Path(folder), variables, mailworth):
            sys.stderr.write(f"$ {step.command}\n")
            steps.append(step)
    GUIDE.write_text(rewrite(text, steps), encoding="utf-8")


if __name__ == "__main__":
    main()
