"""Read the published warehouse without pause while nights run one after the other.

Usage: python -m tests.readers [READERS] [SECONDS]. Each reader opens the file, asks, and closes, again and again; every
answer must come from one run: the date of the last run is that of the segments, the clusters and the history's newest.
"""

import datetime as dt
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from segmentation.warehouse.connection import query_warehouse
from tests.torture import night

FIRST_DAY = dt.date(2017, 12, 1)

DATES_SEEN = """
    select
        (select as_of_date from ops.runs order by finished_at desc, run_id desc limit 1)::varchar as run,
        (select string_agg(distinct as_of_date::varchar, '+') from segments.rfm) as segments,
        (select string_agg(distinct as_of_date::varchar, '+') from segments.clusters) as clusters,
        (select count(*) from crm.orders) as orders"""


def read(warehouse: Path, seconds: float) -> tuple[int, int, set[str]]:
    """Reads made, mixed answers, and dates met; any error ends the reader and is raised."""
    reads, mixed, days = 0, 0, set[str]()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        answer = query_warehouse(warehouse, DATES_SEEN).row(0, named=True)
        same = answer["run"] == answer["segments"] == answer["clusters"] and answer["orders"] == 155_848
        reads, mixed, days = reads + 1, mixed + (not same), days | {answer["run"]}
    return reads, mixed, days


def main(readers: int, seconds: int) -> None:
    """Start the readers and run nights until they are done."""
    with tempfile.TemporaryDirectory() as name, multiprocessing.get_context("spawn").Pool(readers) as pool:
        folder = Path(name)
        assert night(folder, str(FIRST_DAY)).wait() == 0
        results = [pool.apply_async(read, (folder / "w.duckdb", seconds)) for _ in range(readers)]
        nights = 0
        while not all(result.ready() for result in results):
            nights += 1
            assert night(folder, str(FIRST_DAY + dt.timedelta(nights))).wait() == 0
        for reads, mixed, days in (result.get() for result in results):
            sys.stdout.write(f"{reads:,} reads, {mixed} mixed, dates {', '.join(sorted(days))}\n")
        sys.stdout.write(f"{nights} nights meanwhile\n")


if __name__ == "__main__":
    main(*([int(argument) for argument in sys.argv[1:]] + [4, 60][len(sys.argv) - 1 :]))
