"""What has been told, so that nothing is told twice: a small file beside the warehouse."""

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from segmentation.notices.notice import Warned


@dataclass(frozen=True)
class Told:
    """What people know.

    Attributes:
        is_broken: the last night failed or did not start.
        missed: when the night was due that did not start, as text.
        warnings: keys of the warnings of the last night.
    """

    is_broken: bool = False
    missed: str | None = None
    warnings: tuple[str, ...] = ()

    def news(self, warned: tuple[Warned, ...]) -> tuple[Warned, ...]:
        """Those that the night before did not have."""
        return tuple(one for one in warned if one.key not in self.warnings)

    def after(self, warned: tuple[Warned, ...]) -> "Told":
        """What is known after a night that has finished."""
        return replace(self, is_broken=False, warnings=tuple(one.key for one in warned))


def memory_file(warehouse: Path) -> Path:
    """Where it is kept: `<name>.notices.json` beside the warehouse."""
    return warehouse.with_name(warehouse.name + ".notices.json")


def recall_told(warehouse: Path) -> Told:
    """What was told so far; nothing where there is no file, or one that was not written to its end."""
    try:
        known = json.loads(memory_file(warehouse).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return Told()
    return Told(known["is_broken"], known["missed"], tuple(known["warnings"]))


def remember(warehouse: Path, told: Told) -> None:
    """Keep it."""
    file = memory_file(warehouse)
    file.parent.mkdir(parents=True, exist_ok=True)
    beside = file.with_name(f"{file.name}.{os.getpid()}")
    beside.write_text(json.dumps(asdict(told)) + "\n", encoding="utf-8")
    os.replace(beside, file)
