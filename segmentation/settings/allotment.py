"""Settings of offers that compete for customers, and of how many pieces channels and segments can take."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from segmentation.settings.kinds import ChannelName, Money, Share
from segmentation.settings.section import Section


class PlannedOffer(Section):
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
