"""How often the figures of campaigns are right, over many made-up campaigns with a known truth.

Usage: python -m tests.coverage [CAMPAIGNS] [--keep DIRECTORY] [--minutes MINUTES] [--markdown]

What has been counted is kept in the directory, so a run that was stopped goes on where it stood; once the code has
changed, delete it. With --markdown nothing is run, and what has been counted is written as a page.
"""

import argparse
import math
import sys
import time
from multiprocessing import get_context
from pathlib import Path

from tests.coverage.parts import count_part, list_parts, read_counts
from tests.coverage.tables import write_tables


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


if __name__ == "__main__":
    main()
