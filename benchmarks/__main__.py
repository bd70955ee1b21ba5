"""The whole night side by side with the least that it could take, and with how it is mostly done.

Usage: python -m benchmarks [CUSTOMERS ...] [--rounds ROUNDS] [--keep DIRECTORY] [--only NAME ...] [--markdown]

Contenders take turns, so that noise of the machine hits all alike. Mailers and what has been measured are kept in the
directory, so a run that was stopped goes on where it stood; once the code has changed, delete the JSON files. With
--markdown nothing is run, and what has been measured is written as a page.
"""

import argparse
import json
import sys
from pathlib import Path

from benchmarks.contenders import CONTENDERS, run_contender
from benchmarks.page import write_page
from benchmarks.population.make import make_nights
from benchmarks.results import Result, file_of, keep_result, read_results
from benchmarks.starting import FILE as START
from benchmarks.starting import measure_start


def main() -> None:
    """Measure, or write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("customers", nargs="*", type=int, default=[100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path(".bench"))
    parser.add_argument("--only", nargs="+", choices=(*CONTENDERS, "start"), default=(*CONTENDERS, "start"))
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    options.keep.mkdir(exist_ok=True)
    if options.markdown:
        start = options.keep / START
        sys.stdout.write(
            write_page(read_results(options.keep), json.loads(start.read_text()) if start.exists() else None)
        )
        return
    for customers in options.customers:
        compare(customers, options.rounds, options.keep, tuple(options.only))
    if "start" in options.only and not (options.keep / START).exists():
        (options.keep / START).write_text(json.dumps(measure_start(), indent=1) + "\n")


def compare(customers: int, rounds: int, keep: Path, names: tuple[str, ...]) -> None:
    """Measure the contenders in turn on one mailer, as often as is not kept yet."""
    mailer = keep / f"mailer-{customers}"
    make_nights(mailer, customers)
    for turn in range(rounds):
        for name in CONTENDERS:
            if name in names and not file_of(keep, customers, name, turn).exists():
                sys.stderr.write(f"{customers:,} customers, round {turn + 1}: {name}\n")
                keep_result(keep, Result(customers, name, run_contender(name, mailer)), turn)


if __name__ == "__main__":
    main()
