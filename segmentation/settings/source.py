"""Settings of the input: where it comes from, and when it is too bad."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from segmentation.settings.kinds import Encoding, Folder, InputName, Share
from segmentation.settings.section import Section


class TableSettings(Section):
    """Where one table comes from and how its columns are called there."""

    files: str | None = Field(
        None,
        min_length=1,
        description="Pattern of its files in source.path, such as sales/*.csv; the table's name if empty",
    )
    query: str | None = Field(
        None, min_length=1, description="SELECT that gives its rows, in a database; the table of its name if empty"
    )
    watermark: str | None = Field(
        None, min_length=1, description="Column of a database that grows with every change; only newer rows are read"
    )
    overlap_days: int = Field(
        1, ge=0, le=366, description="Days before the watermark that are read again, for rows written late"
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Column of the contract = column, constant or expression of the source"
    )

    @model_validator(mode="after")
    def _one_place(self) -> "TableSettings":
        if self.files and (self.query or self.watermark):
            raise ValueError("files are of a folder, query and watermark of a database; set one or the other")
        return self


class SourceSettings(Section):
    """Where the input comes from."""

    path: Folder = Field(Path("data/source"), description="Folder of CSV or Parquet files")
    database: SecretStr | None = Field(
        None,
        description="Address of a PostgreSQL database in place of the folder: postgresql://user@host/name; "
        "one with a password belongs into the environment: MAILWORTH_SOURCE__DATABASE",
    )
    database_block: str | None = Field(
        None, min_length=1, description="Name of a Prefect Secret block that holds the address"
    )
    encoding: Encoding | None = Field(
        None, description="Of CSV files, such as utf-8 or windows-1250; detected where empty"
    )
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(None, description="Of CSV files; detected where empty")
    decimal: Literal[".", ","] | None = Field(None, description="Decimal sign; detected by table where empty")
    dates: Literal["iso", "day first", "month first"] | None = Field(
        None, description="Order of dates not written year first; detected by table where empty"
    )
    tables: dict[InputName, TableSettings] = Field(
        default_factory=dict, description="By table: files, query, watermark, columns"
    )

    def of_table(self, name: str) -> TableSettings:
        """The settings of one table; the defaults where there are none."""
        return next((settings for table, settings in self.tables.items() if table == name), TableSettings())


class QualitySettings(Section):
    """When a load is too bad to publish."""

    rejected_share_limit: Share = Field(0.05, description="Largest share of a table's rows that may be rejected")
    years_ahead: int = Field(2, ge=0, le=100, description="A date further ahead of the as-of date is a mistake")
