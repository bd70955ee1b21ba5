"""Counting in parts, each kept in a file."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.coverage.campaigns import SETTINGS
from tests.coverage.counting import Counts, count_campaigns

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
    unfinished.write_text(json.dumps({"setting": name} | vars(counts)))
    unfinished.rename(path)
    return name


def read_counts(kept: Path) -> dict[str, Counts]:
    """All that is kept, by setting."""
    counts = {name: Counts() for name in SETTINGS}
    for path in sorted(kept.glob("*.json")):
        part = json.loads(path.read_text())
        counts[part["setting"]] += Counts(part["campaigns"], Counter(part["made"]), Counter(part["held"]))
    return counts
