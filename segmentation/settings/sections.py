"""Sections of the settings: every key, its meaning and its default."""

import datetime as dt
import math
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from segmentation.response.dimensions import check_dimensions
from segmentation.segments.rules import SegmentRule, find_faults, read_range
from segmentation.segments.scores import MEASURES, Kind
from segmentation.settings.kinds import (
    AsciiSecret,
    CellControl,
    CellShares,
    ChannelName,
    ClusterMethodName,
    Cost,
    Count,
    CutPoints,
    DuplicateRule,
    DuplicateSearch,
    EarlierPractice,
    Encoding,
    File,
    Folder,
    HoldOutBy,
    InputName,
    KeyPart,
    ListColumn,
    MethodName,
    Money,
    Overlap,
    PolicyName,
    PowerGate,
    ScoreRange,
    Share,
    TimeZone,
)
from segmentation.value.rules import PORTFOLIO_RULES, PortfolioRule, check_rules

ONE_CELL = "A"  # of a plan without test cells
OFFER_CELLS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # of offers, in their order; key codes have no I, L and O
ROUNDING = 1e-9  # by which shares may miss 1


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


class OfferSettings(Section):
    """An offer that competes with others for the same customers, and where its expectation comes from."""

    name: str = Field(min_length=1, description="Name of the offer")
    channel: ChannelName = Field("mail", description="Channel it goes out by: mail, email or phone")
    unit_cost: Annotated[float, Field(gt=0)] = Field(description="Cost of one piece")
    fixed_cost: Money = Field(0.0, description="Cost whatever the size, if it is used at all")
    capacity: Annotated[int, Field(ge=0)] | None = Field(None, description="Most pieces")
    uplift_multiplier: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        1.0, description="Incremental revenue for each 1.00 of an ordinary mailing; your own estimate"
    )
    learned_from: str | None = Field(
        None, min_length=1, description="Cell of earlier mailings whose measured uplift is used instead"
    )
    margin_rate: Share | None = Field(None, description="Margin per money of revenue; campaigns.margin_rate if empty")


class ChannelLimits(Section):
    """What a channel can send."""

    pieces_per_day: int = Field(ge=1, description="Most pieces a day")
    days: int = Field(1, ge=1, le=366, description="Days in a row, from the in-home date on")


class SegmentLimits(Section):
    """Fewest and most pieces of a segment."""

    minimum: int = Field(0, ge=0, description="Fewest pieces")
    maximum: int | None = Field(None, ge=0, description="Most pieces; no limit where empty")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum is not None and self.minimum > self.maximum:
            raise ValueError(f"minimum = {self.minimum} is above maximum = {self.maximum}")
        return self


class SuppressionList(Section):
    """A file of people who are not to be contacted, as `[[plan.suppression_lists]]`."""

    file: File = Field(description="CSV or Parquet file")
    reason: str = Field(pattern=r"^[^\W_][\w .-]{0,39}$", description="What the list is, such as robinson or bounced")
    columns: dict[ListColumn, str] = Field(
        {}, description="Column of the list that stands for each, where names differ"
    )
    encoding: Encoding | None = Field(None, description="Of a CSV file; detected where empty")
    delimiter: Literal[",", ";", "\t", "|"] | None = Field(None, description="Of a CSV file; detected where empty")


class ContactCap(Section):
    """So many contacts in so many days."""

    contacts: int = Field(ge=1, le=1000, description="Most contacts, the one planned included")
    days: int = Field(ge=1, le=3660, description="Length of the window that ends with the in-home date")


class CellSettings(Section):
    """A test cell of `[[plan.cells]]`: what some of the mailed get and others do not."""

    name: Annotated[KeyPart, Field(max_length=3)] = Field(
        description="1 to 3 capitals and digits without 0, 1, I, L and O; it is part of the key code"
    )
    share: Annotated[float, Field(gt=0, le=1)] | None = Field(
        None, description="Share of the mailed; cells are of one size where all leave it out"
    )
    description: str = Field("", description="What the cell gets: offer, creative, paper")


def _check_cells(cells: tuple[CellSettings, ...]) -> tuple[CellSettings, ...]:
    names, shares = [cell.name for cell in cells], [cell.share for cell in cells]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"cell {', '.join(twice)} is there twice; give each cell a name of its own")
    given = [share for share in shares if share is not None]
    if given and len(given) < len(cells):
        without = ", ".join(cell.name for cell in cells if cell.share is None)
        raise ValueError(f"cell {without} has no share, others have; give it to all of them or to none")
    if given and abs(math.fsum(given) - 1) > ROUNDING:
        raise ValueError(
            f"the shares of cells {', '.join(names)} add up to {math.fsum(given):g}, not to 1; "
            "mend them, or leave them all out for cells of one size"
        )
    return cells


class GlobalControlSettings(Section):
    """Customers whom no campaign may mail for a while, to see what all mailings together bring."""

    share: Annotated[float, Field(ge=0, le=0.5)] = Field(0.0, description="Share of all customers; 0 for no group")
    since: dt.date | None = Field(None, description="First in-home date on which they may not be mailed")
    until: dt.date | None = Field(None, description="Last such date; then they are released")
    by: HoldOutBy = Field("household", description="Who is drawn: customer, or household with all its members")
    salt: str = Field("global control", min_length=1, description="Makes one group differ from the next")

    @model_validator(mode="after")
    def _dated(self) -> "GlobalControlSettings":
        if self.share and (self.since is None or self.until is None):
            raise ValueError("a global control group needs since and until, so that nobody is left out for good")
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until ({self.until}) is before since ({self.since})")
        return self


class PlanSettings(Section):
    """The next mailing."""

    campaign_id: str | None = Field(None, min_length=1, description="Campaign to plan; the next to start where empty")
    days_ahead: int = Field(
        14, ge=1, le=730, description="In-home date after the as-of date, where no campaign is known"
    )
    budget: Money = Field(1000.0, description="Money for pieces and fixed cost")
    unit_cost: Annotated[float, Field(gt=0)] = Field(0.55, description="Cost of one piece")
    fixed_cost: Money = Field(0.0, description="Cost whatever the size")
    without_hold_out: bool = Field(False, description="Permits control_share = 0, with which nothing can be proven")
    control_share: Annotated[float, Field(ge=0, le=0.5)] = Field(0.1, description="Share of the selected held out")
    hold_out_by: HoldOutBy = Field(
        "customer", description="Who is held out and given a cell together: customer, or household with all its members"
    )
    cells: Annotated[tuple[CellSettings, ...], AfterValidator(_check_cells)] = Field(
        (), max_length=20, description="Test cells as [[plan.cells]]: name, share, description; one cell A where empty"
    )
    cell_control: CellControl = Field(
        "shared", description="shared: all cells are compared with one hold-out. own: each cell with its own"
    )
    keycode_prefixes: dict[str, Annotated[KeyPart, Field(min_length=2, max_length=8)]] = Field(
        {}, description="By campaign_id: what its key codes begin with, where four characters of a hash will not do"
    )
    power_gate: PowerGate = Field(
        "warn", description="If the hold-out cannot show the uplift wanted: warn, refuse the plan, or off"
    )
    wanted_uplift: Annotated[float, Field(gt=0, lt=1)] | None = Field(
        None, description="Of the response rate, 0.005 for half a point; what earlier mailings brought where empty"
    )
    oldest_data_days: int = Field(
        14, ge=0, le=36500, description="Plans are made, approved and exported on data no older than this"
    )
    nights_to_approve: int = Field(
        0, ge=0, le=365, description="Nights after which a plan may still be approved; 0: only before the next night"
    )
    global_control: GlobalControlSettings = Field(
        GlobalControlSettings(), description="Customers no campaign may mail for a while: share, since, until, by, salt"
    )
    rest_days: int = Field(30, ge=0, le=730, description="Days without a contact before the in-home date")
    rest_days_by_channel: dict[ChannelName, Annotated[int, Field(ge=0, le=730)]] = Field(
        {}, description="Rest days after a contact by mail, email or phone, where they are not rest_days"
    )
    caps: dict[ChannelName | Literal["all"], ContactCap] = Field(
        {}, description="Most contacts by channel, and by all together, such as { mail = { contacts = 4, days = 90 } }"
    )
    overlap: Overlap = Field(
        "both arms",
        description="Of campaigns that overlap, who is left out: both arms, mailed (not the control), nobody",
    )
    consent_required: tuple[ChannelName, ...] = Field(
        ("email", "phone"), description="Channels for which who has not said yes counts as no"
    )
    phone_region: str = Field("PL", pattern="^[A-Z]{2}$", description="Country of telephone numbers without its code")
    suppression_lists: tuple[SuppressionList, ...] = Field(
        (), description="Files of people not to be contacted, as [[plan.suppression_lists]]: file, reason, columns"
    )
    duplicates: DuplicateRule = Field(
        "show", description="Customers who seem to be one person: show them, or mail one (the best ranked)"
    )
    duplicates_by: DuplicateSearch = Field(
        "exact", description="exact: the same once written alike; probable: names that are near as well, by splink"
    )
    duplicate_probability: Annotated[float, Field(ge=0.5, lt=1)] = Field(
        0.95, description="Least probability of a probable duplicate"
    )
    one_per_household: tuple[ChannelName, ...] = Field(
        ("mail",), description="Channels by which only the best ranked of a household is contacted"
    )
    policy: PolicyName = Field("response", description="How customers are ranked")
    salt: str = Field("mailworth", min_length=1, description="Makes hold-outs differ from those of other systems")
    stop: Literal["budget", "break-even"] = Field(
        "budget", description="How far the list goes: to the end of the budget, or no further than pieces pay"
    )
    channels: dict[str, ChannelLimits] = Field({}, description="By channel: pieces_per_day and days")
    segments: dict[str, SegmentLimits] = Field({}, description="By segment: minimum and maximum of pieces")
    offers: tuple[OfferSettings, ...] = Field((), max_length=20, description="Offers that compete for customers")

    @field_validator("offers")
    @classmethod
    def _different_names(cls, offers: tuple[OfferSettings, ...]) -> tuple[OfferSettings, ...]:
        names = [offer.name for offer in offers]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"the offer {twice!r} is there twice")
        return offers

    @field_validator("control_share")
    @classmethod
    def _held_out(cls, share: float, known: ValidationInfo) -> float:
        if share == 0 and not known.data.get("without_hold_out"):
            raise ValueError(
                "holds nobody out, so nothing can be proven; set plan.without_hold_out = true if that is what you want"
            )
        return share

    @model_validator(mode="after")
    def _cells_or_offers(self) -> Self:
        if self.cells and self.offers:
            raise ValueError(
                "cells and offers are both set, but each offer is a cell of its own; leave out [[plan.cells]], or "
                "[[plan.offers]] if the cells are to be compared with each other"
            )
        return self

    @property
    def offer_cells(self) -> tuple[str, ...]:
        """The test cell of each offer, in the order of the settings."""
        return tuple(OFFER_CELLS[: len(self.offers)])

    @property
    def cell_names(self) -> tuple[str, ...]:
        """All test cells: one for each offer, or else those of the settings."""
        return self.offer_cells or tuple(self.cell_shares)

    @property
    def cell_shares(self) -> dict[str, float]:
        """The share of the mailed of each cell, by its name; they add up to 1."""
        if not self.cells:
            return {ONE_CELL: 1.0}
        return {cell.name: 1 / len(self.cells) if cell.share is None else cell.share for cell in self.cells}


class ServeSettings(Section):
    """Where Prefect's page is served."""

    host: str = Field("127.0.0.1", min_length=1, description="Address to listen on; beyond this machine needs password")
    port: int = Field(4200, ge=1, le=65535, description="Port to listen on")
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
