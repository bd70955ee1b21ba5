"""Settings of the machine: the warehouse, the report, the schedule and the server."""

import datetime as dt
from pathlib import Path

from pydantic import Field, SecretStr, model_validator

from segmentation.settings.kinds import AsciiSecret, File, Folder, Language, TimeZone
from segmentation.settings.section import Section


class WarehouseSettings(Section):
    """Where the result goes, and what the engine may use."""

    path: File = Field(Path("data/warehouse.duckdb"), description="The published file; only its owner may read it")
    memory_limit: str = Field(
        "4GB", description="Memory DuckDB may use before it spills to disk", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$"
    )
    threads: int = Field(2, ge=1, description="Threads DuckDB may use")
    keep: int = Field(7, ge=1, le=1000, description="Versions kept, the published one included")
    wait_seconds: int = Field(0, ge=0, le=86400, description="How long another run is waited for; 0 refuses at once")
    analysts: File | None = Field(
        None, description="Copy for all to read, with pseudonyms and without contact data; not written where empty"
    )
    analysts_salt: SecretStr | None = Field(
        None,
        min_length=16,
        description="Secret that pseudonyms are made with; give it as MAILWORTH_WAREHOUSE__ANALYSTS_SALT",
    )

    @model_validator(mode="after")
    def _two_files(self) -> "WarehouseSettings":
        if self.analysts and self.analysts.absolute() == self.path.absolute():
            raise ValueError(f"analysts and path are the same file ({self.path})")
        return self


class ReportSettings(Section):
    """Where reports go, in which language, and how money is shown."""

    path: Folder = Field(Path("reports"), description="Folder of the reports")
    language: Language = Field("en", description="Language of the report: en, or one that has a catalogue, such as pl")
    currency: str = Field("", description="Symbol or code shown with money", max_length=8)

    def page(self, as_of: dt.date) -> Path:
        """The first page of a date."""
        return self.path / as_of.isoformat() / "index.html"

    def shown(self, as_of: dt.date) -> tuple[Path, Path]:
        """What a run shows anew, in this order: the pages of a date, and the index of all dates."""
        return self.page(as_of).parent, self.path / "index.html"


class NightSettings(Section):
    """When the night runs."""

    cron: str = Field("30 2 * * *", description="Schedule as cron", pattern=r"^(@[a-z]+|\S+( +\S+){4})$")
    timezone: TimeZone = Field("Europe/Warsaw", description="Zone of the schedule and of 'today'")
    as_of: dt.date | None = Field(None, description="Last day known; today where empty")
    stale_days: int = Field(
        60, ge=0, le=3660, description="A night whose newest order is more days before its date fails; 0 never"
    )


class ServeSettings(Section):
    """Where Prefect's page is served."""

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; beyond this machine needs password")
    port: int = Field(4200, ge=1, le=65535, description="Port to listen on")
    files_port: int | None = Field(
        None, ge=1, le=65535, description="Port of reports and lists; the one after port where empty"
    )
    files_url: str | None = Field(
        None, pattern=r"^https?://[^\s]+[^\s/]$", description="Address of reports and lists for browsers, for links"
    )
    password: AsciiSecret | None = Field(
        None, min_length=8, description="Of the page, for the user admin; give it as MAILWORTH_SERVE__PASSWORD"
    )
