"""Settings of the next mailing: whom to leave out, how many, cells and hold-out."""

import datetime as dt
import math
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from segmentation.settings.allotment import ChannelLimits, PlannedOffer, SegmentLimits
from segmentation.settings.kinds import (
    CellControl,
    ChannelName,
    DuplicateRule,
    DuplicateSearch,
    Encoding,
    File,
    HoldOutBy,
    KeyPart,
    ListColumn,
    Money,
    Overlap,
    PolicyName,
    PowerGate,
)
from segmentation.settings.section import Section

ONE_CELL = "A"  # of a plan without test cells
OFFER_CELLS = "ABCDEFGHJKMNPQRSTUVWXYZ"  # of offers, in their order; key codes have no I, L and O
ROUNDING = 1e-9  # by which shares may miss 1


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
    channel: ChannelName = Field("mail", description="Channel of a campaign that has none of its own")
    starts_on: dt.date | None = Field(
        None, description="In-home date, where no campaign is known; days_ahead after the as-of date where empty"
    )
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
    approval_hours: float = Field(
        48, gt=0, le=8760, description="Hours for which approve-and-export waits for an answer on Prefect's page"
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
    only_segments: tuple[str, ...] = Field((), description="Segments that may be mailed; all of them where empty")
    policy: PolicyName = Field("profit", description="How customers are ranked")
    salt: str = Field("mailworth", min_length=1, description="Makes hold-outs differ from those of other systems")
    stop: Literal["budget", "break-even"] = Field(
        "budget", description="How far the list goes: to the end of the budget, or no further than pieces pay"
    )
    channels: dict[str, ChannelLimits] = Field({}, description="By channel: pieces_per_day and days")
    segments: dict[str, SegmentLimits] = Field({}, description="By segment: minimum and maximum of pieces")
    only_offers: tuple[str, ...] = Field((), description="Names of the offers that compete; all of them where empty")
    offers: tuple[PlannedOffer, ...] = Field(
        (), max_length=20, validate_default=True, description="Offers that compete for customers"
    )

    @field_validator("offers")
    @classmethod
    def _different_names(cls, offers: tuple[PlannedOffer, ...]) -> tuple[PlannedOffer, ...]:
        names = [offer.name for offer in offers]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"the offer {twice!r} is there twice")
        return offers

    @field_validator("offers")
    @classmethod
    def _only_those_chosen(cls, offers: tuple[PlannedOffer, ...], known: ValidationInfo) -> tuple[PlannedOffer, ...]:
        chosen = known.data.get("only_offers", ())
        names = [offer.name for offer in offers]
        if unknown := [name for name in chosen if name not in names]:
            raise ValueError(f"only_offers names {', '.join(unknown)}; there are: {', '.join(names) or 'none'}")
        return tuple(offer for offer in offers if not chosen or offer.name in chosen)

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
