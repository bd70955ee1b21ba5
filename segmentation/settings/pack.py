"""Settings of the pack for the mail house."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from segmentation.settings.kinds import File
from segmentation.settings.section import Section

PackFormat = Literal["csv", "xlsx", "fixed width"]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
KEY = "customer_id"
CODECS = {"utf-8": "utf-8", "windows-1250": "cp1250"}  # as Python calls them
COLUMNS = (
    KEY,
    *("keycode", "cell", "title", "first_name", "last_name"),
    *("address_line", "postcode", "city", "country"),
)


class SeedSettings(Section):
    """An address of one's own, `[[pack.seeds]]`; any column of the files may be given."""

    model_config = ConfigDict(frozen=True, extra="allow", hide_input_in_errors=True)
    __pydantic_extra__: dict[str, str]

    customer_id: str = Field(min_length=1, description="Identifies the seed; no customer may have it")


class PackSettings(Section):
    """The files for the mail house."""

    format: Annotated[tuple[PackFormat, ...], Field(min_length=1)] = Field(
        ("csv",), description="Kinds of files: csv, xlsx, fixed width; each is written"
    )
    encoding: Literal["utf-8", "windows-1250"] = Field("utf-8", description="Of csv and fixed width")
    unencodable: Literal["transliterate", "refuse"] = Field(
        "transliterate", description="What to do with letters that windows-1250 does not have"
    )
    delimiter: Literal[",", ";", "\t", "|"] = Field(",", description="Of csv")
    line_end: Literal["lf", "crlf"] = Field("lf", description="Of csv and fixed width")
    split_by_cell: bool = Field(True, description="A file for each cell, where a plan has several")
    sort: Literal["postcode", "rank"] = Field("postcode", description="Order of the lines: by postcode, or best first")
    columns: tuple[str, ...] = Field(
        COLUMNS,
        description="Columns of the files, in order: of customers; cell, keycode, offer, in_home_on, rank, sequence",
    )
    labels: dict[str, str] = Field({}, description="Column = its name in the files, where it is called otherwise")
    fixed_width: dict[str, Annotated[int, Field(ge=1, le=1000)]] = Field(
        {}, description="For format fixed width: column = characters"
    )
    seeds: tuple[SeedSettings, ...] = Field(
        (), description="Addresses of one's own in each cell's file, as [[pack.seeds]] with the columns of customers"
    )
    seeds_file: File | None = Field(None, description="CSV file (UTF-8, with commas) of further seeds")
    default_country: CountryCode = Field("PL", description="Of addresses without a country")
    countries: dict[str, CountryCode] = Field(
        {}, description="Country as customers have it = its code, beside codes and English names"
    )
    region: str | None = Field(
        None,
        min_length=1,
        description="Column of customers with the state or region that postcodes are checked against",
    )
    bad_addresses: Literal["keep", "leave out", "refuse"] = Field(
        "keep",
        description="keep: they are listed in targeting.address_checks. leave out: not planned at all, since leaving "
        "them out of a plan would spoil its comparison. refuse: no pack with one of them",
    )

    @model_validator(mode="after")
    def _fitting(self) -> "PackSettings":
        if KEY not in self.columns:
            raise ValueError(f"columns need {KEY}, by which a line can be found again and taken out")
        _refuse_repeated("columns", self.columns)
        _refuse_repeated("labels", tuple(self.labels.get(name, name) for name in self.columns))
        _refuse_repeated("format", self.format)
        for key, given in (("labels", self.labels), ("fixed_width", self.fixed_width)):
            if unknown := [name for name in given if name not in self.columns]:
                raise ValueError(f"{key} names {', '.join(unknown)}, which columns does not have")
        if "fixed width" in self.format and (
            missing := [name for name in self.columns if name not in self.fixed_width]
        ):
            raise ValueError(f"format fixed width needs the characters of {', '.join(missing)} in fixed_width")
        _refuse_repeated("seeds", tuple(seed.customer_id for seed in self.seeds))
        return self

    @property
    def codec(self) -> str:
        """The encoding as Python calls it."""
        return CODECS[self.encoding]

    @property
    def newline(self) -> str:
        """What ends a line."""
        return {"lf": "\n", "crlf": "\r\n"}[self.line_end]


def _refuse_repeated(key: str, names: tuple[str, ...]) -> None:
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"{key} has {', '.join(twice)} more than once")


def seed_values(seeds: tuple[SeedSettings, ...]) -> list[dict[str, str]]:
    """Each seed as column = value."""
    return [seed.model_dump() for seed in seeds]
