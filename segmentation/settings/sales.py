"""Settings of what customers buy next and who calls them."""

from pydantic import Field, model_validator

from segmentation.settings.section import Section


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
