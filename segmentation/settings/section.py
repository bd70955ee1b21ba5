"""What every section of the settings is."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Frozen, and no key but those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
