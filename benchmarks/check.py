"""Has a step of the night become slower? Compared with what was recorded of a release.

Usage: python -m benchmarks.check [--record] [--keep DIRECTORY]

Times of machines cannot be compared, so what is recorded is seconds of CPU over those of the floor, measured in turn on
the same mailer, each the least of the rounds. `--record` writes those of this release to ratios.json. Exit code 1: a
step takes more than TOLERANCE times what it took in the last release recorded.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.contenders import run_contender
from benchmarks.measuring import Rows
from benchmarks.night import LATER
from benchmarks.population.make import make_nights
from benchmarks.results import steps_of
from segmentation import __version__

CUSTOMERS = 50_000
ROUNDS = 2
FLOORS = 3  # before every night: one takes less than a second
TOLERANCE = 1.3  # assumed
SMALLEST = 1.0  # times the floor: steps below are told in the total only
RATIOS = Path(__file__).with_name("ratios.json")
Ratios = dict[str, float]


def main() -> None:
    """Measure, then compare or record."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.check")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--keep", type=Path, default=Path(".bench"))
    options = parser.parse_args()
    recorded: dict[str, Ratios] = json.loads(RATIOS.read_text()) if RATIOS.exists() else {}
    if not recorded and not options.record:
        sys.exit(f"{RATIOS}: nothing is recorded to compare with; run `python -m benchmarks.check --record` first")
    ratios = measure_ratios(options.keep)
    if options.record:
        RATIOS.write_text(json.dumps(recorded | {__version__: ratios}, indent=1) + "\n")
        return
    release = list(recorded)[-1]
    told = compare(recorded[release], ratios)
    sys.stdout.write(f"Times the floor, in CPU; {release} beside now:\n{told}")
    if slower := find_slower(recorded[release], ratios):
        sys.exit(f"slower than in {release}: {', '.join(slower)}; mend it, or record it with --record and say why")


def measure_ratios(keep: Path) -> Ratios:
    """Steps of the night over the floor, and their total."""
    mailer = keep / f"mailer-{CUSTOMERS}"
    make_nights(mailer, CUSTOMERS)
    floors: list[Rows] = []
    nights: list[Rows] = []
    for _ in range(ROUNDS):
        floors += [run_contender("floor", mailer) for _ in range(FLOORS)]
        nights.append(run_contender("night", mailer))
    return ratios_of(floors, nights)


def ratios_of(floors: list[Rows], nights: list[Rows]) -> Ratios:
    """The least CPU of each step of the first night over the least of a floor; `total` is that of the least."""
    floor = min(sum(step["cpu"] for step in steps_of(rows).values()) for rows in floors)
    steps = [steps_of(rows) for rows in nights]
    least = {name: min(each[name]["cpu"] for each in steps) for name in steps[0] if not name.startswith(LATER)}
    ratios = {name: round(cpu / floor, 2) for name, cpu in least.items() if cpu >= SMALLEST * floor}
    return ratios | {"total": round(sum(least.values()) / floor, 2)}


def find_slower(before: Ratios, now: Ratios, tolerance: float = TOLERANCE) -> list[str]:
    """Steps beyond the tolerance; one that was too small to be recorded may grow to its least size times that."""
    return [name for name, ratio in now.items() if ratio > tolerance * before.get(name, SMALLEST)]


def compare(before: Ratios, now: Ratios) -> str:
    """A line for each step."""
    names = [*before, *(name for name in now if name not in before)]
    return "".join(f"{name:<12}{before.get(name, 0):8.2f}{now.get(name, 0):8.2f}\n" for name in names)


if __name__ == "__main__":
    main()
