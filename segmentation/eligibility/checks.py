"""What is checked for a channel, and what is not because the source has nothing to check it by."""

from collections.abc import Collection, Mapping

from segmentation.settings import PlanSettings

# Columns of crm.customers without which nobody can be reached by a channel.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "mail": ("last_name", "address_line", "postcode", "city"),
    "email": ("email",),
    "phone": ("phone",),
}


def kind_of(channel: str) -> str:
    """The channel, or mail for one that is not known: what goes by post has many names."""
    return channel if channel in NEEDED else "mail"


def consent_column(channel: str, columns: Collection[str]) -> str | None:
    """Which of the columns of crm.customers, declared or attributes, tells who has consented to a channel, if any."""
    names = (f"{channel}_consent", f"{kind_of(channel)}_consent")
    return next((name for name in names if name in columns), None)


def pressure_limits(channel: str, settings: PlanSettings) -> dict[str, object]:
    """Rest days, caps and overlap as the parameters of sql/contact_pressure.sql; NULL where there is no cap."""
    own, together = settings.caps.get(channel), settings.caps.get("all")  # type: ignore[call-overload]
    return {
        "rest_days": settings.rest_days,
        "rest_channels": list(settings.rest_days_by_channel),
        "rest_lengths": list(settings.rest_days_by_channel.values()),
        "channel": channel,
        "channel_contacts": own and own.contacts,
        "channel_days": own and own.days,
        "all_contacts": together and together.contacts,
        "all_days": together and together.days,
        "overlap": settings.overlap,
    }


def tell_unchecked(
    channel: str, has: Mapping[str, bool], *, has_consent_column: bool, settings: PlanSettings
) -> dict[str, str]:
    """What to know of the steps whose columns the source lacks, by the column of an exclusion.

    Args:
        has: the row of sql/channel_columns.sql, names without `has_`.
    """
    notes = {}
    if not has_consent_column:
        required = channel in settings.consent_required
        followed = (
            "so nobody counts as having consented"
            if required
            else "so who has not refused mail counts as having consented"
        )
        notes["lacks_consent"] = f"consent is not known: the source has no column {channel}_consent, {followed}"
    if missing := [name for name in NEEDED[kind_of(channel)] if not has[name]]:
        notes["lacks_data"] = f"{', '.join(missing)} not checked: the source has none"
    has_address = has["last_name"] and has["postcode"] and has["address_line"]
    if kind_of(channel) in settings.one_per_household and not (has["household_id"] or has_address):
        notes["household"] = "households are not known: the source has neither household_id nor addresses"
    return notes
