"""Every setting as a page of documentation: `python -m segmentation.settings.markdown > docs/settings.md`."""

import json
import sys
from typing import Any

from segmentation.settings.load import Settings

INTRODUCTION = """# Settings

Made from `segmentation/settings/`; change it there and run `make docs`.

Settings stand in `mailworth.toml`, or in the file that `--settings` names; `mailworth init --source FOLDER` writes one
with every key and its default. No key is required. An unknown key or an impossible value is refused before anything
runs. Paths start at the folder the command is run in.

Every key can come from the environment, and then it goes before the file: `MAILWORTH_PLAN__BUDGET=5000`. Lists and
tables are JSON there: `MAILWORTH_PLAN__CELLS='[{"name": "A"}, {"name": "B"}]'`. Options of a command go before both.
"""
LONGEST_DEFAULT = 60  # characters
COLUMNS = "| key | type | default | meaning | in the environment |\n|---|---|---|---|---|"
OF_AN_ENTRY = "| key | type | default | meaning |\n|---|---|---|---|"
FORMATS = {"date": "date", "path": "path", "password": "secret text"}
TYPES = {"integer": "whole number", "number": "number", "boolean": "true or false", "string": "text"}
BOUNDS = {
    **{"exclusiveMinimum": "above {}", "minimum": "{} or more", "maximum": "up to {}", "exclusiveMaximum": "below {}"},
    **{"maxLength": "at most {} characters", "minItems": "at least {}", "maxItems": "at most {}"},
}

Schema = dict[str, Any]


def describe_settings() -> str:
    """Every section with its keys, and after it the entries of its lists and tables, as Markdown."""
    schema = Settings.model_json_schema()
    known = schema["$defs"]
    sections = [_section(name, known[_target(part)], known) for name, part in schema["properties"].items()]
    return "\n".join([INTRODUCTION, *sections])


def _section(name: str, section: Schema, known: dict[str, Schema]) -> str:
    lines = [f"## [{name}]", "", section["description"], "", COLUMNS]
    for key, field in section["properties"].items():
        lines.append(f"{_row(f'{name}.{key}', field, section)} `MAILWORTH_{name.upper()}__{key.upper()}` |")
    entries = [(key, known[_target(field)]) for key, field in section["properties"].items() if _target(field)]
    return "\n".join([*lines, "", *(_entry(f"{name}.{key}", entry) for key, entry in entries)])


def _entry(name: str, entry: Schema) -> str:
    rows = [_row(f"{name}.{key}", field, entry) for key, field in entry["properties"].items()]
    return "\n".join([f"### {name}", "", entry["description"], "", OF_AN_ENTRY, *rows, ""])


def _row(name: str, field: Schema, section: Schema) -> str:
    key = name.rsplit(".", 1)[1]
    default = "required" if key in section.get("required", ()) else _default(field.get("default"))
    kind = f"[{_type(field)}](#{name.replace('.', '')})" if _target(field) else _type(field)
    return f"| `{key}` | {kind} | {default} | {_plain(field.get('description', ''))} |"


def _default(value: object) -> str:
    if value is None or value in ([], {}):
        return ""
    text = json.dumps(value, ensure_ascii=False)
    return f"`{_plain(text)}`" if len(text) <= LONGEST_DEFAULT else "as `mailworth init` writes it"


def _type(field: Schema) -> str:
    """What a value is, in words, with its bounds."""
    if "anyOf" in field:
        return _type(next(part for part in field["anyOf"] if part.get("type") != "null"))
    return ", ".join([_kind(field), *_bounds(field)])


def _kind(field: Schema) -> str:
    if "$ref" in field:
        return "table"
    if "enum" in field:
        return " or ".join(f"`{_plain(json.dumps(value)[1:-1])}`" for value in field["enum"])
    if field["type"] == "array":
        return "list of tables" if "$ref" in field["items"] else f"list: {_type(field['items'])}"
    if field["type"] == "object":
        values = field["additionalProperties"]
        return "tables by name" if "$ref" in values else f"by name: {_type(values)}"
    return FORMATS.get(field.get("format", ""), TYPES[field["type"]])


def _bounds(field: Schema) -> list[str]:
    if "minimum" in field and "maximum" in field:
        return [f"{_number(field['minimum'])} to {_number(field['maximum'])}"]
    return [words.format(_number(field[name])) for name, words in BOUNDS.items() if name in field]


def _number(value: float) -> str:
    return f"{value:,.15g}"


def _target(field: Schema) -> str:
    """The name of the table that a field is, or is a list or table of; empty if it is none."""
    parts = (field, field.get("items", {}), field.get("additionalProperties", {}))
    return next((part["$ref"].rsplit("/", 1)[1] for part in parts if "$ref" in part), "")


def _plain(text: str) -> str:
    """Text that does not end a cell of a table."""
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    sys.stdout.write(describe_settings())
