"""Kill the night at random moments and see that readers never meet anything but a complete warehouse.

Usage: python -m tests.torture [KILLS] [SEED]. Each night follows on one of an earlier date, which is put back when a
kill came too late to stop it. The kills go round the steps of the night, each at a random moment of its step. After
each the warehouse and the copy for analysts must open and be, table by table, those of an undisturbed night of their
date; the copy may be a night behind. At the end one night runs through; its result must be the undisturbed one, with
nothing left lying about. Prints what was met by the step that was under way.
"""

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.warehouse.connection import query_warehouse

ROOT = Path(__file__).parent.parent
DATES = ("2017-11-30", "2017-12-31")
TABLES = ("crm.orders", "crm.contacts", "segments.rfm", "segments.clusters", "response.uplift", "response.campaigns")
LAST_DATE = "select as_of_date::varchar as day from ops.runs order by finished_at desc, run_id desc limit 1"
PLAN = "from targeting.selection where plan_id like '%@' || ({}) order by all"

# The steps of the night, from the last one, and the line that each begins with.
STEPS = (
    (r"(Warehouse|Report|List) ", "after the end"),
    (r"copy for analysts", "swap"),
    (r"plan ", "report and publish"),
    (r"measured campaign (\d+) of \1:", "plan"),
    (r".* replies credited", "measure"),
    (r".* contact-centre requests|no service_contacts", "credit"),
    (r"\d+ clusters", "history and value"),
    (r".* customers scored", "cluster"),
    (rf"{INPUT_TABLES[-1].name}: (?!.*rows read)", "segment"),
    (r"\w+: .* rows read", "load"),
    (r"", "start"),
)
OUTCOMES = ("old", "old, copy behind", "new, copy behind", "new")


def night(folder: Path, as_of: str) -> "subprocess.Popen[str]":
    """Start a night in a process group of its own."""
    command = [Path(sys.executable).parent / "mailworth", "night", "--source", ROOT / "data" / "sample"]
    command += ["--warehouse", folder / "w.duckdb", "--reports", folder / "reports", "--as-of", as_of]
    environment = os.environ | {
        "PREFECT_HOME": str(folder / "prefect"),
        "PYTHONDONTWRITEBYTECODE": "",
        "MAILWORTH_WAREHOUSE__ANALYSTS": str(folder / "analysts.duckdb"),
        "MAILWORTH_WAREHOUSE__ANALYSTS_SALT": "not so secret here",
    }
    return subprocess.Popen(
        list(map(str, command)),
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def undisturbed(folder: Path, as_of: str) -> dict[str, float]:
    """Run a night to its end; the seconds that each step took."""
    begun = {STEPS[-1][1]: time.monotonic()}
    process = night(folder, as_of)
    for place, (_, step) in reversed(list(enumerate(STEPS[:-1]))):
        lines = read_until(process, place)
        begun[step] = time.monotonic()
    lines += process.communicate()[1].splitlines()
    assert process.returncode == 0, lines[-1:]
    ends = [*list(begun.values())[1:], time.monotonic()]
    return {step: end - start for (step, start), end in zip(begun.items(), ends, strict=True)}


def read_until(process: "subprocess.Popen[str]", place: int) -> list[str]:
    """What the night tells, up to the line that the step at `place` in STEPS or a later one begins with."""
    assert process.stderr
    lines: list[str] = []
    while place < furthest(lines):
        line = process.stderr.readline()
        if not line:
            break
        lines.append(line.rstrip("\n"))
    return lines


def save(folder: Path) -> None:
    """Keep a copy of what the first night has published."""
    shutil.copytree(folder, folder / "saved", ignore=shutil.ignore_patterns("prefect"))


def put_back(folder: Path) -> None:
    """Let what the first night has published be there again, and nothing else."""
    for path in folder.iterdir():
        if path.name not in {"saved", "prefect"}:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(folder / "saved", folder, dirs_exist_ok=True)


def contents(warehouse: Path) -> tuple[str, list[int]]:
    """The date of the published run and a number for the rows of each table."""
    day = query_warehouse(warehouse, LAST_DATE)["day"][0]
    queries = [*(f"from {table} order by all" for table in TABLES), PLAN.format(LAST_DATE)]
    return day, [hash(query_warehouse(warehouse, query).write_csv()) for query in queries]


def torture(kills: int, seed: int) -> Counter[tuple[str, str]]:
    """Count what was met after each kill, by the step that was under way."""
    chance, met = random.Random(seed), Counter[tuple[str, str]]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = (folder / "w.duckdb", folder / "analysts.duckdb")
        expected: dict[str, list[list[int]]] = {}
        for day in DATES:
            seconds = undisturbed(folder, day)
            if day == DATES[0]:
                save(folder)
            found = [contents(file) for file in files]
            assert [date for date, _ in found] == [day, day]
            expected[day] = [rows for _, rows in found]
        for number in range(kills):
            if contents(files[0])[0] != DATES[0]:
                put_back(folder)
            process = night(folder, DATES[1])
            place = len(STEPS) - 1 - number % len(STEPS)
            lines = read_until(process, place)
            time.sleep(chance.uniform(0, seconds[STEPS[place][1]]))
            os.killpg(process.pid, signal.SIGKILL)
            lines += process.communicate()[1].splitlines()
            days = []
            for place, file in enumerate(files):
                day, rows = contents(file)
                assert rows == expected[day][place], f"kill {number}: {file.name}: no version of {day}: {lines[-3:]}"
                days.append(day)
            outcome = "old" if days[0] == DATES[0] else "new"
            met[STEPS[furthest(lines)][1], outcome if days[0] == days[1] else f"{outcome}, copy behind"] += 1
        assert night(folder, DATES[1]).wait() == 0
        assert [contents(file) for file in files] == [(DATES[1], rows) for rows in expected[DATES[1]]]
        assert not [path for path in folder.rglob("*") if ".building" in path.name or path.suffix in {".wal", ".tmp"}]
    return met


def furthest(lines: list[str]) -> int:
    """The place in STEPS of the last step that the lines tell the beginning of."""
    told = [re.sub(r"^ *[\d.]+ s  ", "", line) for line in lines]
    begun = (place for place, (pattern, _) in enumerate(STEPS) if any(re.match(pattern, line) for line in told))
    return next(begun, len(STEPS) - 1)


def show(met: Counter[tuple[str, str]]) -> str:
    """The counts as a table, steps in the order of the night."""
    columns = [outcome for outcome in OUTCOMES if any(met[step, outcome] for _, step in STEPS)]
    rows = [["step under way", *columns]]
    for _, step in reversed(STEPS):
        counts = [met[step, outcome] for outcome in columns]
        rows += [[step, *map(str, counts)]] if any(counts) else []
    rows.append(["all", *(str(sum(met[step, outcome] for _, step in STEPS)) for outcome in columns)])
    return "\n".join(f"{row[0]:<20}" + "".join(f"{cell:>18}" for cell in row[1:]) for row in rows)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]] + [200, 1][len(sys.argv) - 1 :]
    sys.stdout.write(show(torture(*arguments)) + "\n")
