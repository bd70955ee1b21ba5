"""Counts as a page of documentation."""

from collections.abc import Mapping

import numpy as np

from tests.coverage.campaigns import SETTINGS
from tests.coverage.counting import BOOTSTRAPPED, Counts, count_alarms

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


INTRODUCTION = """# How good the intervals are

Written by `make coverage`, which makes up campaigns with a known truth, measures them by the functions that a night
calls, and counts how often they are right. Campaign n of setting s, both counted from 0, is drawn with the seed (s, n),
bootstrap resamples with the seed n. After ± is the Monte Carlo error: one standard error of a share of so many.

What a customer spent before tells a little of whether it buys. Households are pairs that buy alike and are drawn
together. Sums are lognormal with the deviation of their logarithm; gamma, where one buyer in ten is a large customer;
or drawn from what the buyers of Hillstrom's experiment spent.
"""
INTERVALS = f"""95 is promised, and 93 to 97 is taken as keeping the promise. A hyphen: fewer than 20 buyers are to be
expected in the hold-out in most of these campaigns, so money has no interval. Conversion is Newcombe's interval, money
Welch's corrected for skewness; regression and CUPED adjust for what was spent before. The bootstrap, which takes most
of the time, is of the first {BOOTSTRAPPED} campaigns of a setting."""
LEVELS = """Intervals of four segments, of 50 %, 30 %, 15 % and 5 % of the customers, where they are given. Figures
drawn to the common mean allow for segments that truly differ, as they do in the last setting; where all gain the same
they are on the safe side."""
LOOKS = "Campaigns in which the intervals of all nights so far hold what was true by that night."
PAYS = "False yes: said to pay. False no: said not to. All others are not proven."
ALARMS = "0.1 is the rate promised where nothing is lost; the others are how often a loss is seen."


def write_tables(counts: Mapping[str, Counts]) -> str:
    """All tables, as a page."""
    settings = "| | buy unmailed | selected | arms | sums | drawn | effect | campaigns |\n" + "|---" * 8 + "|\n"
    for name, count in counts.items():
        settings += f"| {name} | {SETTINGS[name].name} | {count.campaigns:,} |\n"
    alike = {name: count for name, count in counts.items() if not SETTINGS[name].apart}
    by_segment = {name: count for name, count in counts.items() if SETTINGS[name].segments}
    by_night = {name: count for name, count in counts.items() if SETTINGS[name].nights}
    parts = (
        ("Settings", "", settings),
        ("Intervals that hold the truth, %", INTERVALS, write_table(alike, INTERVAL_COLUMNS)),
        ("Intervals by segment that hold the truth, %", LEVELS, write_table(by_segment, LEVEL_COLUMNS)),
        ("Looking every night of 14, %", LOOKS, write_table(by_night, NIGHT_COLUMNS)),
        ("Verdicts where a mailing brings exactly what it costs, %", PAYS, write_table(alike, PAYS_COLUMNS)),
        ("Sample-ratio alarms, %", ALARMS, write_alarms()),
    )
    return INTRODUCTION + "".join(
        f"\n## {title}\n\n{text + chr(10) * 2 if text else ''}{table}" for title, text, table in parts
    )


def write_table(counts: Mapping[str, Counts], columns: Mapping[str, str]) -> str:
    """Shares with their Monte Carlo error; a hyphen where most campaigns have no such figure."""
    lines = ["| | " + " | ".join(columns) + " |", "|---" * (len(columns) + 1) + "|"]
    for name, count in counts.items():
        lines.append(f"| {name} | " + " | ".join(tell_share(count, figure) for figure in columns.values()) + " |")
    return "\n".join(lines) + "\n"


def tell_share(count: Counts, figure: str) -> str:
    """A share and its standard error; campaigns count as independent, levels of one do not."""
    made = count.made[figure]
    campaigns = min(count.campaigns, BOOTSTRAPPED) if figure.endswith("bootstrap") else count.campaigns
    if made < RARE * campaigns or not made:
        return "-"
    share = count.held[figure] / made
    error = np.sqrt(share * (1 - share) / min(made, campaigns))
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
