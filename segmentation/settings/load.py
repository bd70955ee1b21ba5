"""All settings, loaded from arguments, environment and file, and checked whole; the only reader of TOML.

Order of precedence: arguments of the call, environment (`MAILWORTH_SOURCE__PATH=...`), the file, defaults.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any, get_args

from pydantic import ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import SettingsError as UnreadableVariableError

from segmentation.errors import SettingsError
from segmentation.settings.campaigns import CampaignSettings, ComparisonSettings
from segmentation.settings.customers import ClusterSettings, RfmSettings, ValueSettings
from segmentation.settings.kinds import possible_path
from segmentation.settings.notices import SMTP_PASSWORD_VARIABLE, NoticeSettings
from segmentation.settings.operation import NightSettings, ReportSettings, ServeSettings, WarehouseSettings
from segmentation.settings.pack import PackSettings
from segmentation.settings.planning import PlanSettings
from segmentation.settings.programme import ProgrammeSettings
from segmentation.settings.sales import CallSettings, OfferSettings
from segmentation.settings.source import QualitySettings, SourceSettings
from segmentation.settings.spark import SparkSettings

DEFAULT_FILE = Path("mailworth.toml")
FILE_VARIABLE = "MAILWORTH_SETTINGS"
DATABASE_VARIABLE = "MAILWORTH_SOURCE__DATABASE"
PASSWORD = re.compile(r"//[^/@]*:[^/@]+@|password\s*=")
LONGEST_SHOWN = 120  # characters of a value that is refused


class Settings(BaseSettings):
    """Everything that can be set. Frozen."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="MAILWORTH_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
        hide_input_in_errors=True,
    )

    source: SourceSettings = SourceSettings()
    warehouse: WarehouseSettings = WarehouseSettings()
    reports: ReportSettings = ReportSettings()
    night: NightSettings = NightSettings()
    quality: QualitySettings = QualitySettings()
    rfm: RfmSettings = RfmSettings()
    clusters: ClusterSettings = ClusterSettings()
    campaigns: CampaignSettings = CampaignSettings()
    comparison: ComparisonSettings = ComparisonSettings()
    plan: PlanSettings = PlanSettings()
    pack: PackSettings = PackSettings()
    serve: ServeSettings = ServeSettings()
    value: ValueSettings = ValueSettings()
    programme: ProgrammeSettings = ProgrammeSettings()
    offers: OfferSettings = OfferSettings()
    calls: CallSettings = CallSettings()
    notices: NoticeSettings = NoticeSettings()
    spark: SparkSettings = SparkSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments before environment before the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(file: Path | str | None = None, **overrides: dict[str, Any]) -> Settings:
    """The complete settings.

    Args:
        file: settings file; `MAILWORTH_SETTINGS` or ./mailworth.toml where None, and none at all if that is missing.
        overrides: values by section, such as `plan={"budget": 500}`; keys whose value is None are left out.

    Raises:
        SettingsError: the file is missing or not TOML, a key is unknown or a value impossible.
    """
    path = _settings_file(file)
    _refuse_unknown_variables()
    given = {
        section: kept
        for section, values in overrides.items()
        if (kept := {key: value for key, value in values.items() if value is not None})
    }
    from_file = type("Settings", (Settings,), {"__doc__": Settings.__doc__}, toml_file=path)
    try:
        loaded = from_file(**given)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from error
    except UnreadableVariableError as error:
        variables = ", ".join(f"MAILWORTH_{section.upper()}" for section in Settings.model_fields)
        raise SettingsError(f"environment: {error}; one of {variables} is not JSON") from error
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(problem, path, given) for problem in error.errors())) from error
    assert isinstance(loaded, Settings)
    _refuse_password_in_file(loaded, path, given)
    return loaded


def _refuse_password_in_file(settings: Settings, path: Path | None, given: dict[str, dict[str, Any]]) -> None:
    """A settings file is copied, mailed and checked in."""
    database = settings.source.database
    from_file = DATABASE_VARIABLE not in os.environ and "database" not in given.get("source", {})
    if database and from_file and PASSWORD.search(database.get_secret_value()):
        raise SettingsError(
            f"{path}: source.database holds a password; take it out, and put the whole address into the environment "
            f"as {DATABASE_VARIABLE}, or the password into ~/.pgpass"
        )
    if settings.notices.smtp_password and SMTP_PASSWORD_VARIABLE not in os.environ:
        raise SettingsError(
            f"{path}: notices.smtp_password stands in the file; take it out, and put it into the environment as "
            f"{SMTP_PASSWORD_VARIABLE}"
        )


def _settings_file(file: Path | str | None) -> Path | None:
    chosen = file or os.environ.get(FILE_VARIABLE)
    if not chosen:
        return DEFAULT_FILE if DEFAULT_FILE.exists() else None
    path = Path(chosen)
    try:
        possible_path(path)
    except ValueError as error:
        raise SettingsError(f"{str(chosen)!r}: name of a settings file that {error}") from error
    if not path.is_file():
        raise SettingsError(f"{path}: no such settings file")
    return path


def _refuse_unknown_variables() -> None:
    for name in os.environ:
        prefix, _, section = name.upper().partition("__")[0].partition("_")
        if prefix == "MAILWORTH" and "__" in name and section.lower() not in Settings.model_fields:
            known = ", ".join(Settings.model_fields)
            raise SettingsError(f"environment variable {name}: unknown key {section.lower()}; known: {known}")


def _explain(problem: Any, path: Path | None, given: dict[str, dict[str, Any]]) -> str:
    parts = [str(part) for part in problem["loc"] if part != "[key]"]
    key = ".".join(parts)
    variable = "MAILWORTH_" + "__".join(parts).upper()
    if parts[0] in given and (len(parts) == 1 or parts[1] in given[parts[0]]):
        place = "argument"
    elif variable in {name.upper() for name in os.environ}:
        place = f"environment variable {variable}"
    else:
        place = str(path or "settings")
    if problem["type"] == "extra_forbidden":
        return f"{place}: unknown key {key}; known: {', '.join(_known_keys(parts[:-1]))}"
    shown = "" if isinstance(problem["input"], Mapping) else f" = {_shown(problem['input'], parts)}"
    return f"{place}: {key}{shown}: {problem['msg'].removeprefix('Value error, ')}"


def _shown(value: object, parts: list[str]) -> str:
    """A value as an error tells it, a list or section cut short; not what is a secret or a section with one."""
    fields = type(Settings.model_fields[parts[0]].default).model_fields
    if any("SecretStr" in str(fields[key].annotation) for key in parts[1:2] or fields):
        return "(not shown)"
    if isinstance(value, Path | str):
        return repr(str(value))
    return shorten(repr(value), LONGEST_SHOWN, placeholder=" ...")


def _known_keys(place: list[str]) -> list[str]:
    """Keys of the section, or of an entry of a table or list of tables, at `place`."""
    known: Any = Settings
    for key in place:
        if hasattr(known, "model_fields"):
            known = known.model_fields[key].annotation
        else:
            known = next(part for part in get_args(known) if hasattr(part, "model_fields"))
    return list(known.model_fields)
