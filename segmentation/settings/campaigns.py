"""Settings of how campaigns are measured and compared."""

from typing import Annotated

from pydantic import AfterValidator, Field

from segmentation.response.dimensions import check_dimensions
from segmentation.settings.kinds import CellShares, Money, Share
from segmentation.settings.section import Section


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
