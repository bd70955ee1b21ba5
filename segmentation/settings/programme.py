"""Settings of what the programme costs."""

import datetime as dt

from pydantic import Field, model_validator

from segmentation.settings.kinds import Cost, Count, EarlierPractice, Share
from segmentation.settings.section import Section


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
