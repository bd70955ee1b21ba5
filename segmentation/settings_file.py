"""A settings file with every key, its meaning and its default."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from segmentation.errors import SettingsError
from segmentation.settings import Settings, SourceSettings
from segmentation.sources.folder import find_source

INTRODUCTION = """# Settings of Mailworth. A key that is commented out has no value, or is detected.
# Every key can come from the environment instead: MAILWORTH_<SECTION>__<KEY>. Paths start at the folder that
# mailworth is run in."""


def write_settings(file: Path, source: Path) -> None:
    """Write a settings file for `source`.

    Raises:
        SettingsError: the file is there already, or cannot be written.
        SourceError: the source lacks its folder or a required table.
    """
    find_source(SourceSettings(path=source))
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(settings_text(source))
    except FileExistsError as error:
        raise SettingsError(f"{file}: is there already; move it away or name another --file") from error
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error


def settings_text(source: Path) -> str:
    """The text of a settings file that reads `source` and has the defaults for everything else."""
    sections = [INTRODUCTION]
    for name, field in Settings.model_fields.items():
        section = field.default
        assert isinstance(section, BaseModel)
        values = section.model_dump() | ({"path": source} if name == "source" else {})
        lines = [_line(key, values[key], type(section).model_fields[key].description or "") for key in values]
        sections.append("\n".join([f"[{name}]", *lines]))
    return "\n\n".join(sections) + "\n"


def _line(key: str, value: Any, meaning: str) -> str:
    if value in (None, (), {}):
        return f"# {meaning}\n# {key} ="
    return f"# {meaning}\n{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Path):
        return json.dumps(str(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False)
