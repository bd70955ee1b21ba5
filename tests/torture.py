"""Kill the night at random moments and see that readers never meet anything but a complete warehouse.

Usage: python tests/torture.py [KILLS] [SEED]. Two as-of dates take turns, so that the old and the new version differ.
After each kill the published file must open and be, table by table, that of an undisturbed night of its date. At the
end one night runs through; its result must be the undisturbed one, with nothing left lying about.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from segmentation.warehouse.connection import query_warehouse

ROOT = Path(__file__).parent.parent
DATES = ("2017-11-30", "2017-12-31")
TABLES = ("crm.orders", "crm.contacts", "segments.rfm", "segments.clusters", "response.uplift", "response.campaigns")
LAST_DATE = "select as_of_date::varchar as day from ops.runs order by finished_at desc, run_id desc limit 1"
PLAN = "from targeting.selection where plan_id like '%@' || ({}) order by all"


def night(folder: Path, as_of: str) -> "subprocess.Popen[str]":
    """Start a night in a process group of its own."""
    command = [Path(sys.executable).parent / "mailworth", "night", "--source", ROOT / "data" / "sample"]
    command += ["--warehouse", folder / "w.duckdb", "--reports", folder / "reports", "--as-of", as_of]
    environment = os.environ | {"PREFECT_HOME": str(folder / "prefect"), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def contents(warehouse: Path) -> tuple[str, list[int]]:
    """The date of the published run and a number for the rows of each table."""
    day = query_warehouse(warehouse, LAST_DATE)["day"][0]
    queries = [*(f"from {table} order by all" for table in TABLES), PLAN.format(LAST_DATE)]
    return day, [hash(query_warehouse(warehouse, query).write_csv()) for query in queries]


def torture(kills: int, seed: int) -> Counter[str]:
    """Count what was met after each kill, and in which step the night was."""
    chance, met = random.Random(seed), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        expected, longest = {}, 0.0
        for day in DATES:
            started = time.monotonic()
            assert night(folder, day).wait() == 0
            longest = time.monotonic() - started
            found, expected[day] = contents(folder / "w.duckdb")
            assert found == day
        for number in range(kills):
            before = contents(folder / "w.duckdb")[0]
            process = night(folder, DATES[number % 2])
            time.sleep(chance.uniform(longest / 3, longest))  # the first third is the start of Prefect
            os.killpg(process.pid, signal.SIGKILL)
            lines = process.communicate()[1].splitlines()
            day, found = contents(folder / "w.duckdb")
            assert found == expected[day], f"kill {number}: not a complete version of {day}: {lines[-3:]}"
            met["old version" if day == before else "new version"] += 1
            met[f"  killed after: {step_of(lines)}"] += 1
        assert night(folder, DATES[0]).wait() == 0
        assert contents(folder / "w.duckdb") == (DATES[0], expected[DATES[0]])
        assert not [path for path in folder.rglob("*") if ".building" in path.name or ".staging" in path.name]
    return met


def step_of(lines: list[str]) -> str:
    """The last step that the night told of."""
    words = lines[-1].split(" s  ", 1)[-1].split() if lines else []
    steps = {"measured": "measuring", "plan": "plan", "mailing": "list", "Warehouse": "the end"}
    steps |= {"Report": "the end", "List": "the end"}
    return steps.get(words[0], " ".join(words[1:3]) if words[0].isdigit() else words[0]) if words else "start"


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]] + [200, 1][len(sys.argv) - 1 :]
    for outcome, count in sorted(torture(*arguments).items()):
        sys.stdout.write(f"{count:5}  {outcome}\n")
