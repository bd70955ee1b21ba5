"""Counts as markdown."""

from collections.abc import Mapping

import numpy as np

from tests.coverage.campaigns import SETTINGS
from tests.coverage.counting import Counts, count_alarms

INTERVAL_COLUMNS = {
    "conversion": "all, conversion, randomised: interval",
    "money": "all, margin, randomised: interval",
    "bootstrap": "all, margin, randomised: bootstrap",
    "regression": "all, margin, randomised_adjusted: interval",
    "CUPED": "all, margin, randomised_adjusted: CUPED",
}
LEVEL_COLUMNS = {
    "conversion": "segment, conversion, randomised: interval",
    "conversion, drawn": "segment, conversion, randomised: drawn",
    "money": "segment, margin, randomised: interval",
    "bootstrap": "segment, margin, randomised: bootstrap",
    "regression": "segment, margin, randomised_adjusted: interval",
    "CUPED": "segment, margin, randomised_adjusted: CUPED",
    "money, drawn": "segment, margin, randomised: drawn",
}
NIGHT_COLUMNS = {"with bounds": "every night, with bounds", "without": "every night, without"}
PAYS_COLUMNS = {"false yes": "pays: yes", "false no": "pays: no"}
DRAWS = {0.0: 200_000, 0.05: 2_000, 0.1: 2_000}  # by the part of the hold-out that is lost
PLANS = ((50_000, 0.5), (50_000, 0.1), (50_000, 0.05), (10_000, 0.05))
RARE = 0.5  # of campaigns that must have a figure for its share to be told


def write_tables(counts: Mapping[str, Counts]) -> str:
    """All tables."""
    settings = "| | buy unmailed | selected | arms | sums | drawn | effect | campaigns |\n" + "|---" * 8 + "|\n"
    for name, count in counts.items():
        settings += f"| {name} | {SETTINGS[name].name} | {count.campaigns:,} |\n"
    by_segment = {name: count for name, count in counts.items() if SETTINGS[name].segments}
    by_night = {name: count for name, count in counts.items() if SETTINGS[name].nights}
    parts = {
        "Settings": settings,
        "Intervals of 95 % that hold the truth, %": write_table(counts, INTERVAL_COLUMNS),
        "The same by segment, %": write_table(by_segment, LEVEL_COLUMNS),
        "Every night of 14 in one, %": write_table(by_night, NIGHT_COLUMNS),
        "Verdicts where the mailing brings exactly what it costs, %": write_table(counts, PAYS_COLUMNS),
        "Mailings with a sample-ratio alarm, %": write_alarms(),
    }
    return "\n".join(f"### {title}\n\n{table}" for title, table in parts.items())


def write_table(counts: Mapping[str, Counts], columns: Mapping[str, str]) -> str:
    """Shares with their Monte Carlo error; a hyphen where most campaigns have no such figure."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, count in counts.items():
        lines.append(f"| {name} | " + " | ".join(tell_share(count, figure) for figure in columns.values()) + " |")
    return "\n".join(lines) + "\n"


def tell_share(count: Counts, figure: str) -> str:
    """A share and its standard error; campaigns count as independent, levels of one do not."""
    made = count.made[figure]
    if made < RARE * count.campaigns or not made:
        return "-"
    share = count.held[figure] / made
    error = np.sqrt(share * (1 - share) / min(made, count.campaigns))
    return f"{100 * share:.1f} ± {100 * error:.1f}"


def write_alarms() -> str:
    """How often the sample-ratio test fails, by plan and by what part of the hold-out is lost."""
    lost = " | ".join(f"{share:.0%} of the hold-out lost, {draws:,} draws" for share, draws in DRAWS.items())
    lines = [f"| selected | held out | {lost} |", "|---" * (len(DRAWS) + 2) + "|"]
    for number, (customers, planned) in enumerate(PLANS):
        shares = (count_alarms(customers, planned, lost, draws=draws, seed=number) for lost, draws in DRAWS.items())
        told = (f"{100 * share:.{1 if share > 0.01 else 3}f}" for share in shares)
        lines.append(f"| {customers:,} | {planned:.0%} | " + " | ".join(told) + " |")
    return "\n".join(lines) + "\n"
