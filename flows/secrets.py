"""Secrets that Prefect keeps: the address of the source's database in a Secret block."""

from prefect.blocks.system import Secret
from pydantic import SecretStr

from segmentation.errors import SettingsError
from segmentation.settings import Settings


def with_secrets(settings: Settings) -> Settings:
    """The settings with the address that the block source.database_block holds, if one is named.

    Raises:
        SettingsError: Prefect has no such block.
    """
    name = settings.source.database_block
    if name is None:
        return settings
    try:
        block = Secret.load(name)
    except ValueError as error:
        raise SettingsError(
            f"source.database_block = {name!r}: Prefect has no Secret block of this name; create it under Blocks"
        ) from error
    assert isinstance(block, Secret)
    source = settings.source.model_copy(update={"database": SecretStr(str(block.get()))})
    return settings.model_copy(update={"source": source})
