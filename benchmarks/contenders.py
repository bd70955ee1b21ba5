"""What is measured side by side; each runs in a process of its own.

`python -m benchmarks.contenders NAME MAILER` prints the rows of one as JSON.
"""

import json
import resource
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measuring import Rows, describe_machine

# Name of the module that has `run(mailer, folder)`.
CONTENDERS = ("floor", "night", "usual", "k_means", "spark")
IN_MEMORY = ("usual", "k_means")
LIMIT = 12 * 2**30  # bytes of address space for those that keep all rows in memory, so that others are not killed


def run_contender(name: str, mailer: Path) -> Rows:
    """The rows of one, or one that says why there are none."""
    command = [sys.executable, "-m", "benchmarks.contenders", name, str(mailer)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if name in IN_MEMORY and done.returncode:
        return [{"skipped": f"needs more than {LIMIT / 2**30:.0f} GiB of memory, or failed: see above"}]
    done.check_returncode()
    rows: Rows = json.loads(done.stdout.splitlines()[-1])
    return rows


def main() -> None:
    """Run one, in a folder that is thrown away."""
    name, mailer = sys.argv[1], Path(sys.argv[2])
    if name in IN_MEMORY:
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT))
    with TemporaryDirectory(dir=mailer) as folder:
        rows: Rows = import_module(f"benchmarks.{name}").run(mailer, Path(folder))
    sys.stdout.write(json.dumps([*rows, {"step": "machine", **describe_machine()}]) + "\n")


if __name__ == "__main__":
    main()
