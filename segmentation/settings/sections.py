"""Sections of the settings: every key, its meaning and its default."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from segmentation.response.dimensions import check_dimensions
from segmentation.segments.rules import SegmentRule, find_faults, read_range
from segmentation.segments.scores import MEASURES, Kind
from segmentation.settings.kinds import (
    AsciiSecret,
    CellShares,
    ClusterMethodName,
    Cost,
    Count,
    CutPoints,
    EarlierPractice,
    Encoding,
    File,
    Folder,
    InputName,
    MethodName,
    Money,
    ScoreRange,
    Share,
    TimeZone,
)
from segmentation.value.rules import PORTFOLIO_RULES, PortfolioRule, check_rules


class Section(BaseModel):
    """Frozen, and no key but those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


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
    """Where reports go and how money is shown."""

    path: Folder = Field(Path("reports"), description="Folder of the reports")
    currency: str = Field("", description="Symbol or code shown with money", max_length=8)

    def page(self, as_of: dt.date) -> Path:
        """The report of a date."""
        return self.path / as_of.isoformat() / "index.html"


class NightSettings(Section):
    """When the night runs."""

    cron: str = Field("30 2 * * *", description="Schedule as cron", pattern=r"^(@[a-z]+|\S+( +\S+){4})$")
    timezone: TimeZone = Field("Europe/Warsaw", description="Zone of the schedule and of 'today'")
    as_of: dt.date | None = Field(None, description="Last day known; today where empty")


class QualitySettings(Section):
    """When a load is too bad to publish."""

    rejected_share_limit: Share = Field(0.05, description="Largest share of a table's rows that may be rejected")
    years_ahead: int = Field(2, ge=0, le=100, description="A date further ahead of the as-of date is a mistake")


class ClusterSettings(Section):
    """What clusters are made of, how they are found and how often."""

    method: ClusterMethodName = Field(
        "k-means", description="How clusters are found: k-means, gaussian mixture, hdbscan"
    )
    refit_days: int = Field(
        30, ge=1, le=3660, description="Days after which clusters are fitted anew; till then customers are assigned"
    )
    attributes: tuple[str, ...] = Field(
        (), description="Columns of customers, beyond the contract, whose numbers are features too"
    )

    smallest: int = Field(4, ge=2, le=20, description="Fewest clusters tried")
    largest: int = Field(8, ge=2, le=20, description="Most clusters tried")
    minimum_share: Share = Field(0.01, description="Smallest share of customers a cluster may have")
    minimum_stability: Share = Field(0.7, description="Least adjusted Rand index over bootstrap refits")
    seed: int = Field(2003, ge=0, description="Seed of the fit")

    @model_validator(mode="after")
    def _ordered(self) -> "ClusterSettings":
        if self.smallest > self.largest:
            raise ValueError(f"smallest ({self.smallest}) is more than largest ({self.largest})")
        return self


class SegmentSettings(Section):
    """A rule of `[[rfm.segments]]`; scores are written 4-5 or 4, and any will do where they are left out."""

    name: str = Field(min_length=1, description="Name of the segment")
    recency: ScoreRange = Field("", description="Recency scores, 1 longest ago")
    frequency: ScoreRange = Field("", description="Frequency scores, 1 fewest orders")
    monetary: ScoreRange = Field("", description="Monetary scores, 1 least spend")
    description: str = Field("", description="Who the customers are")
    advice: str = Field("", description="What to do with them")

    @property
    def rule(self) -> SegmentRule:
        """The rule it stands for."""
        ranges = (read_range(text) for text in (self.recency, self.frequency, self.monetary))
        return SegmentRule(self.name, self.description, self.advice, *ranges)


class RfmSettings(Section):
    """How customers are scored and segmented."""

    method: MethodName = Field(
        "quantile", description="How ranges of scores are found; the ways are in docs/segments.md"
    )
    bins: int = Field(5, ge=2, le=10, description="Scores of each measure; cut points and frozen dates have their own")
    cut_points: dict[Kind, CutPoints] = Field(
        {}, description="For method fixed: where ranges of days, orders and money begin, ascending"
    )
    frozen_at: dt.date | None = Field(None, description="For method frozen: the as-of date whose thresholds are used")
    segments: tuple[SegmentSettings, ...] = Field(
        (), description="Rules in place of the usual ones, as [[rfm.segments]]; the first that fits wins"
    )

    drift_limit: float = Field(
        0.25, gt=0, description="A population stability index above this, against the date before, is a warning"
    )

    @property
    def rules(self) -> tuple[SegmentRule, ...]:
        """The rules of `segments`; none for the usual ones."""
        return tuple(segment.rule for segment in self.segments)

    @property
    def bins_by_measure(self) -> tuple[int, ...]:
        """How many scores each measure has, but for method frozen, where it stands in the warehouse."""
        if self.method == "fixed":
            return tuple(len(self.cut_points[measure.kind]) + 1 for measure in MEASURES)
        return (self.bins,) * len(MEASURES)

    @model_validator(mode="after")
    def _complete(self) -> "RfmSettings":
        missing = [measure.kind for measure in MEASURES if measure.kind not in self.cut_points]
        if self.method == "fixed" and missing:
            raise ValueError(f"method fixed needs cut_points of {', '.join(missing)}")
        if self.method == "frozen":  # how many scores there are stands in the warehouse
            if self.frozen_at is None:
                raise ValueError("method frozen needs frozen_at, the as-of date whose thresholds are used")
            return self
        if self.segments and (faults := find_faults(self.rules, self.bins_by_measure)):
            raise ValueError("; ".join(faults))
        return self


class CampaignSettings(Section):
    """What is assumed of a campaign where the source does not say."""

    response_window_days: int = Field(60, ge=1, le=730, description="Length of the response window without ends_on")
    return_days: int = Field(
        90, ge=0, le=730, description="Days after a credited order within which a return takes its credit back"
    )
    unit_cost: Money | None = Field(None, description="Cost of one piece where the source has none")
    margin_rate: Share | None = Field(None, description="Margin per money of revenue where orders have no margin")
    dimensions: Annotated[tuple[str, ...], AfterValidator(check_dimensions)] = Field(
        (), description='Attributes of customers that results with a hold-out are told by as well, such as ["age"]'
    )
    control_shares: dict[str, Share] = Field(
        {}, description="By campaign_id: planned share of the selected held out, where the source has none"
    )
    cell_shares: dict[str, CellShares] = Field(
        {}, description="By campaign_id: planned size of each cell of the mailed, where cells share a hold-out"
    )


class ComparisonSettings(Section):
    """Which earlier campaigns a campaign is compared with."""

    days: int | None = Field(
        None, ge=1, description="Earlier campaigns that started at most so many days before; all where empty"
    )
    most_pairs: int = Field(
        1000, ge=1, le=100_000, description="Pairs of campaigns compared in a night, those of the latest first"
    )


class ServeSettings(Section):
    """Where Prefect's page is served."""

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; beyond this machine needs password")
    port: int = Field(4200, ge=1, le=65535, description="Port to listen on")
    files_port: int | None = Field(
        None, ge=1, le=65535, description="Port of reports and lists; the one after port where empty"
    )
    files_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+[^\s/]$",
        description="Address of reports and lists as browsers reach it, for links",
    )
    password: AsciiSecret | None = Field(
        None, min_length=8, description="Of the page, for the user admin; give it as MAILWORTH_SERVE__PASSWORD"
    )


class ValueSettings(Section):
    """What customers are worth and cost."""

    hold_back_share: Annotated[float, Field(gt=0, le=0.5)] = Field(
        0.5, description="Largest share of the history held back to check the models; never more than a year"
    )
    fewest_repeat_customers: int = Field(100, ge=1, description="Customers without whom no model is fitted")
    cost_per_minute: Money | None = Field(
        None, description="Cost of a staff minute where service contacts have no cost"
    )
    self_service_reasons: tuple[str, ...] = Field(
        (), description="Reasons of service contacts that could be answered without staff"
    )
    portfolio: Annotated[tuple[PortfolioRule, ...], AfterValidator(check_rules)] = Field(
        PORTFOLIO_RULES, description="What to do with a customer; the first rule that fits", max_length=12
    )


class ProgrammeSettings(Section):
    """What the CRM programme costs and what it is compared with; rows of crm.costs come on top."""

    starts_on: dt.date | None = Field(
        None, description="Mailings from this day on are of the programme; the first dated cost or mailing where empty"
    )
    users: Count | None = Field(None, description="Users that costs per user are paid for")
    branches: Count | None = Field(None, description="Branches that costs per branch are paid for")
    modules: Count | None = Field(None, description="Modules that costs per module are paid for")
    once_per_user: Cost | None = Field(None, description="Paid once for each user: licence, training")
    once_per_branch: Cost | None = Field(None, description="Paid once for each branch")
    once_per_module: Cost | None = Field(None, description="Paid once for each module")
    monthly_per_user: Cost | None = Field(None, description="A month for each user: rent, upkeep")
    monthly_per_branch: Cost | None = Field(None, description="A month for each branch")
    monthly_per_module: Cost | None = Field(None, description="A month for each module")
    integration: Cost | None = Field(None, description="Once: integration with the back office")
    hardware: Cost | None = Field(None, description="Once: hardware")
    changed_work: Cost | None = Field(None, description="Once: changing how people work")
    minutes_per_user: Cost | None = Field(
        None, description="Minutes a month by which the programme adds to the work of a user"
    )
    cost_per_minute: Cost | None = Field(None, description="Cost of such a minute")
    data_warehouse: Cost | None = Field(None, description="A month: the data warehouse, in the first month")
    data_warehouse_growth: Cost = Field(0.0, description="By which the data warehouse costs more every month")
    discount_rate: Share = Field(
        0.1, description="A year: money a year later is worth so much less; for the present value"
    )
    earlier_practice: EarlierPractice | None = Field(
        None,
        description="What would have been mailed without the programme: mail all (who could be), as last year (the "
        "year before it again), or nothing where empty; then no saved mailing is claimed",
    )
    unsent_margin_share: Share = Field(
        1.0,
        description="For mail all: margin of a piece not sent, as a share of that of a piece sent; 1 is as much",
    )
    seed: int = Field(2003, ge=0, description="Seed of the simulation")

    @model_validator(mode="after")
    def _counted(self) -> "ProgrammeSettings":
        for each, per in (("users", "user"), ("branches", "branch"), ("modules", "module")):
            given = [name for name in (f"once_per_{per}", f"monthly_per_{per}") if getattr(self, name) is not None]
            if per == "user" and self.minutes_per_user is not None:
                given.append("minutes_per_user")
            if given and getattr(self, each) is None:
                raise ValueError(f"{' and '.join(given)} need {each}, for how many it is paid")
        if (self.minutes_per_user is None) != (self.cost_per_minute is None):
            raise ValueError("minutes_per_user and cost_per_minute need each other")
        if self.data_warehouse_growth and self.data_warehouse is None:
            raise ValueError("data_warehouse_growth needs data_warehouse, the cost of the first month")
        return self

    @property
    def counts(self) -> dict[str, int | None]:
        """How many users, branches and modules there are."""
        return {"users": self.users, "branches": self.branches, "modules": self.modules}


class OfferSettings(Section):
    """What is offered to whom."""

    new_only: bool = Field(False, description="Offer only categories that are new to the customer")
    half_life_days: int = Field(90, ge=1, le=3660, description="Days after which a purchase counts half as much")
    check_days: int = Field(28, ge=7, le=366, description="Last days held back to check the offers on")
    most_items: int = Field(200, ge=3, le=1000, description="Categories or products considered, those of most buyers")
    leave_out: tuple[str, ...] = Field((), description="Categories or products that are never offered")


class AgentSettings(Section):
    """Somebody who calls customers."""

    name: str = Field(min_length=1, max_length=80, description="Name of the agent")
    capacity: int = Field(ge=1, le=10_000, description="Customers the agent can call")


class CallSettings(Section):
    """The call list of sales."""

    agents: tuple[AgentSettings, ...] = Field(
        (), description='Who calls, such as [{name = "Anna", capacity = 40}]; no list where empty', max_length=1000
    )
    days: int = Field(14, ge=1, le=92, description="An order within so many days is foreseen")

    @model_validator(mode="after")
    def _different(self) -> "CallSettings":
        names = [agent.name for agent in self.agents]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two agents are called {', '.join(twice)}")
        return self
