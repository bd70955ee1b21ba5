"""How often the figures of campaigns are right, over many made-up campaigns with a known truth.

Usage: python -m tests.coverage [CAMPAIGNS] [--keep DIRECTORY] [--minutes MINUTES] [--markdown]

What has been counted is kept in the directory, so a run that was stopped goes on where it stood; change the code and the
directory is to be deleted. With --markdown nothing is run, and what is in the directory is written as tables.
"""

import argparse
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from multiprocessing import get_context
from pathlib import Path

from tests.coverage.campaigns import SETTINGS
from tests.coverage.counting import Counts, count_campaigns
from tests.coverage.tables import write_tables

PART = 25  # campaigns between two writes

Part = tuple[str, int, int, Path, float]


def list_parts(campaigns: int, kept: Path, ends: float) -> Iterator[Part]:
    """What is left to count, every setting in turn, and the time by which to begin with it."""
    for first in range(0, campaigns, PART):
        for name in SETTINGS:
            path = kept / f"{name.replace(', ', '-')}-{first:05d}.json"
            if not path.exists():
                yield name, first, min(first + PART, campaigns), path, ends


def count_part(part: Part) -> str:
    """Count and keep, unless it is too late; what was done."""
    name, first, last, path, ends = part
    if time.time() > ends:
        return "left for the next run"
    counts = count_campaigns(SETTINGS[name], list(SETTINGS).index(name), first, last)
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(json.dumps({"setting": name} | asdict(counts)))
    unfinished.rename(path)
    return name


def read_counts(kept: Path) -> dict[str, Counts]:
    """All that is kept, by setting."""
    counts = {name: Counts() for name in SETTINGS}
    for path in sorted(kept.glob("*.json")):
        part = json.loads(path.read_text())
        counts[part["setting"]] += Counts(part["campaigns"], Counter(part["made"]), Counter(part["held"]))
    return counts


def main() -> None:
    """Count, or write what was counted."""
    parser = argparse.ArgumentParser(prog="python -m tests.coverage")
    parser.add_argument("campaigns", nargs="?", type=int, default=2000)
    parser.add_argument("--keep", type=Path, default=Path(".coverage-counts"))
    parser.add_argument("--minutes", type=float, default=math.inf)
    parser.add_argument("--markdown", action="store_true")
    options = parser.parse_args()
    options.keep.mkdir(exist_ok=True)
    if options.markdown:
        sys.stdout.write(write_tables(read_counts(options.keep)))
        return
    parts = list(list_parts(options.campaigns, options.keep, time.time() + 60 * options.minutes))
    with get_context("spawn").Pool(2) as pool:
        for done, what in enumerate(pool.imap_unordered(count_part, parts), start=1):
            sys.stdout.write(f"{done:,} of {len(parts):,} parts: {what}\n")
            sys.stdout.flush()
    sys.stdout.write(write_tables(read_counts(options.keep)))


if __name__ == "__main__":
    main()
