"""A settings file with every key, its meaning and its default, and what a source has."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from segmentation.errors import SettingsError
from segmentation.settings import DATABASE_VARIABLE, PASSWORD, Settings, SourceSettings, TableSettings, load_settings
from segmentation.sources.parts import SourceTable, columns_of_all
from segmentation.sources.source import find_tables
from segmentation.warehouse.connection import Connection, open_memory

INTRODUCTION = """# Settings of Mailworth. A key that is commented out has no value, or is detected.
# Every key can come from the environment instead: MAILWORTH_<SECTION>__<KEY>. Paths start at the folder that
# mailworth is run in."""

TABLES = "\n".join(
    [
        "# Tables of the source, where names differ from those of docs/warehouse.md; docs/sources.md has examples.",
        "# [source.tables.NAME]",
        *(f"# {key}: {known.description}" for key, known in TableSettings.model_fields.items()),
    ]
)


def write_settings(file: Path, source: str) -> None:
    """Write a settings file for `source`: a folder, or the address of a PostgreSQL database.

    Raises:
        SettingsError: the file is there already, or cannot be written, or the settings so far are wrong.
        SourceError: the source cannot be read.
    """
    is_database = source.startswith(("postgresql://", "postgres://"))
    settings = load_settings(source={"database" if is_database else "path": source}).source
    with open_memory() as connection:
        text = settings_text(settings, "\n\n".join(_describe(connection, table) for table in find_tables(settings)))
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(text)
    except FileExistsError as error:
        raise SettingsError(f"{file}: is there already; move it away or name another --file") from error
    except OSError as error:
        raise SettingsError(f"{file}: cannot be written ({error.strerror})") from error


def settings_text(source: SourceSettings, tables: str) -> str:
    """The text of a settings file that reads `source` and has the defaults for everything else.

    Args:
        tables: what is said of the source's tables.
    """
    sections = [INTRODUCTION]
    for name, field in Settings.model_fields.items():
        section = source if name == "source" else field.default
        assert isinstance(section, BaseModel)
        keys = type(section).model_fields.items()
        lines = [_line(key, getattr(section, key), known.description or "") for key, known in keys if key != "tables"]
        sections.append("\n".join([f"[{name}]", *lines]))
        if name == "source":
            sections.append(f"{TABLES}\n\n{tables}")
    return "\n\n".join(sections) + "\n"


def _describe(connection: Connection, source: SourceTable) -> str:
    """A commented section for a table: what it is read from, and what still needs a name."""
    table = source.table
    if not source.parts:
        told = "required, so name its files or its query" if table.required else "the source has no such table"
        return f"# [source.tables.{table.name}]   # {told}"
    columns = columns_of_all(connection, source.parts)
    lacking = [column for column in table.columns if column.name not in columns]
    others = ", ".join(column.name for column in lacking if not column.required)
    return "\n".join(
        [
            f"# [source.tables.{table.name}]   # read from {source.name}",
            f"# [source.tables.{table.name}.columns]   # it has: {', '.join(columns)}",
            *(f'# {column.name} = ""   # required: {column.description}' for column in lacking if column.required),
            *([f"# could also have: {others}"] if others else []),
        ]
    )


def _line(key: str, value: Any, meaning: str) -> str:
    if isinstance(value, SecretStr) and PASSWORD.search(value.get_secret_value()):
        return f"# {meaning}\n# {key} = its address holds a password: set {DATABASE_VARIABLE}"
    if value in (None, (), {}):
        return f"# {meaning}\n# {key} ="
    return f"# {meaning}\n{key} = {_toml(value)}"


def _toml(value: Any) -> str:
    """`value` as TOML; each table of a list is a line, without the keys that have their default."""
    if isinstance(value, BaseModel):
        return _toml(value.model_dump(exclude_defaults=True))
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {_toml(part)}" for key, part in value.items()) + " }"
    if isinstance(value, tuple):
        lines = "".join(f"    {_toml(part)},\n" for part in value)
        return f"[\n{lines}]" if lines else "[]"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    return json.dumps(str(value) if isinstance(value, Path) else value, ensure_ascii=False)
