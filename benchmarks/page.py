"""Results as a page of documentation."""

from collections.abc import Iterable

from benchmarks.check import CUSTOMERS, ROUNDS, TOLERANCE
from benchmarks.contenders import CONTENDERS
from benchmarks.goals import ALSO_USUAL, GOALS, MODELS, ORDERS, Goal, growth, night_figures
from benchmarks.results import Figures, Result, skipped, summarise

INTRODUCTION = """# How fast a night is

Written by `make bench`, which makes up mailers of several sizes and measures a night on each, step by step, in turn
with what it is compared with, every contender in a process of its own. Seconds by the clock tell of the machine and
whatever else it does; seconds of CPU tell of the program. Orders are about ten a customer over six years, few customers
order very much, 4 % come back, and twelve mailings went to a fifth of the customers each, with a tenth held out.

- **floor**: DuckDB copies the files into tables and groups orders by customer. No night can do with less.
- **night**: every step, on an empty warehouse; then once more with all files delivered again and 1 % new orders.
- **usual**: a script with pandas and scikit-learn that reads, cleans, scores by quintiles, finds five clusters of
  three features and subtracts the arms of campaigns. It has no rejects, history, intervals, models, plan or report.
- **k-means**: the night's clusters beside scikit-learn on all customers, which is given features and number.
- **spark**: the night with its relations over all customers computed by Spark on the same machine.
"""
GOALS_TOLD = f"""A goal is met where seconds and seconds of CPU both keep to it. Without models means without
{", ".join(MODELS[:-1])} and {MODELS[-1]}: what is loaded, checked, scored, credited, measured, compared, reported and
published. The same steps as the script's are {", ".join(ALSO_USUAL[:-1])} and {ALSO_USUAL[-1]}; they do more than it
does. Growth is that of steps that take more than 2 % of the night; fixed costs make it look smaller at small sizes.
"""
STEPS_TOLD = """Times is seconds of CPU over those of the floor. Memory is the most of the process during the step, disk
what warehouse and files beside it take after it, both in MiB; reading Python's libraries takes some 400 MiB of it.
Later is the night with 1 % new orders. Offers and calls have nothing to do: there are no order lines and no agents.
"""
CHECK_TOLD = f"""`make bench-check` measures a mailer of {CUSTOMERS:,} customers and compares with
`benchmarks/ratios.json`, where the seconds of CPU over those of the floor are recorded once a release, the least of
{ROUNDS} rounds. It fails where a step takes {TOLERANCE:g} times as much. How much ratios vary from run to run has not
been measured: the tolerance is assumed.
"""
PARTS_TOLD = """What single parts take, and other kinds of sources and methods, is in
[benchmarks](../benchmarks/README.md).
"""


def write_page(results: list[Result], start: dict[str, dict[str, float]] | None) -> str:
    """All tables, as a page."""
    sizes = sorted({result.customers for result in results})
    parts = [
        INTRODUCTION,
        _machine(results),
        "## Goals\n",
        GOALS_TOLD,
        _goals(results, sizes),
        "## Side by side\n",
        _side_by_side(results, sizes),
        "## Steps of the night\n",
        STEPS_TOLD,
        *(_steps(results, size, smaller) for smaller, size in zip([None, *sizes], sizes, strict=False)),
    ]
    if start is not None:
        parts += ["## Start\n", _start(start)]
    parts.append(
        "What single parts take, and other kinds of sources and methods, is in [benchmarks](../benchmarks/README.md).\n"
    )
    return "\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _machine(results: list[Result]) -> str:
    rows = [row for result in results for row in result.rows if row.get("step") == "machine"]
    machines = sorted(
        {
            ", ".join(
                [str(row["machine"]), *(f"{k} {v}" for k, v in row.items() if k not in ("step", "machine", "load"))]
            )
            for row in rows
        }
    )
    loads = sorted(float(row["load"]) for row in rows if "load" in row)
    busy = f"{loads[0]:g} to {loads[-1]:g}" if loads else "not recorded"
    return "".join(f"Measured on {machine}.\n" for machine in machines) + f"Load average (15 minutes): {busy}.\n"


def _goals(results: list[Result], sizes: list[int]) -> str:
    head = ("goal", *(f"{ORDERS * size / 1e6:g} million orders" for size in sizes))
    return _table(head, ((goal.text, *(_verdict(goal, results, size) for size in sizes)) for goal in GOALS))


def _verdict(goal: Goal, results: list[Result], size: int) -> str:
    figures = [figure for m in goal.measures if (figure := goal.ask(results, size, m)) is not None]
    if not figures:
        return "not measured"
    told = " (CPU ".join(goal.form.format(round(figure, 3) + 0.0) for figure in figures) + (
        ")" if len(figures) > 1 else ""
    )
    return f"{told}: {'met' if goal.is_met(figures) else '**not met**'}"


def _side_by_side(results: list[Result], sizes: list[int]) -> str:
    rows = []
    for size in sizes:
        for name in CONTENDERS:
            for told, figures in _nights(results, size, name):
                rows.append((f"{size:,}", told, *_amounts(figures)))
            if (why := skipped(results, size, name)) is not None:
                rows.append((f"{size:,}", name, why, "", "", ""))
    return _table(("customers", "", "seconds", "of CPU", "memory, MiB", "disk, MiB"), rows)


def _nights(results: list[Result], size: int, name: str) -> list[tuple[str, Figures]]:
    figures = summarise(results, size, name)
    if figures is None:
        return []
    if name == "k_means":
        return [(f"k-means: {step}", Figures({step: values})) for step, values in figures.steps.items()]
    if name not in ("night", "spark"):
        return [(name, figures)]
    first = Figures({step: values for step, values in figures.steps.items() if not step.startswith("later: ")})
    return [(name, first), (f"{name}, 1 % new", figures.only("later: "))]


def _amounts(figures: Figures) -> tuple[str, ...]:
    return tuple(_number(figures.total(measure)) for measure in ("seconds", "cpu", "peak", "disk"))


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


def _steps(results: list[Result], size: int, smaller: int | None) -> str:
    first, later = night_figures(results, size), night_figures(results, size, later=True)
    floor = summarise(results, size, "floor")
    if first is None or later is None or floor is None:
        return ""
    head = ("step", "seconds", "of CPU", "times", "growth", "memory", "disk", "later: seconds", "of CPU")
    rows = []
    for name, step in first.steps.items():
        power = growth(results, smaller, size, name) if smaller and step["cpu"] >= 1 else None
        after = later.steps[name]
        rows.append(
            (
                name,
                *(_number(step[measure]) for measure in ("seconds", "cpu")),
                f"{step['cpu'] / floor.total('cpu'):.2f}",
                "" if power is None else f"{power:.2f}",
                *(_number(step[measure]) for measure in ("peak", "disk")),
                *(_number(after[measure]) for measure in ("seconds", "cpu")),
            )
        )
    return f"### {size:,} customers\n\n{_table(head, rows)}"


def _start(start: dict[str, dict[str, float]]) -> str:
    rows = ((name, f"{told['seconds']:.1f}", f"{told['cpu']:.1f}") for name, told in start.items())
    added = start["mailworth night"]["cpu"] - start["steps"]["cpu"]
    return f"""{_table(("", "seconds", "of CPU"), rows)}
The quickest of three. Steps are those of the sample's night, called plainly. What `mailworth night` takes beyond them,
{added:.1f} s of CPU, is the start of Python and Prefect, its server, and what is kept and shown of the run; it does not
grow with customers. Help and queries start neither Prefect nor scikit-learn.
"""
