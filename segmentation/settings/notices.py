"""Who is told of what, and how."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from segmentation.settings.kinds import Share
from segmentation.settings.section import Section

EventName = Literal["failure", "warning", "not started", "recovery"]
SMTP_PASSWORD_VARIABLE = "MAILWORTH_NOTICES__SMTP_PASSWORD"


def _http(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("http://", "https://")):
        raise ValueError("an address of a webhook begins with https:// or http://")
    return url


def _mailbox(address: str) -> str:
    name, at, domain = address.partition("@")
    if not (name and at and domain) or not address.isprintable() or " " in address:
        raise ValueError(f"{address!r} is not an e-mail address")
    return address


Webhook = Annotated[SecretStr, AfterValidator(_http)]
Mailbox = Annotated[str, AfterValidator(_mailbox)]


class NoticeSettings(Section):
    """Who is told when a night fails, finds something wrong, or does not start."""

    smtp_host: str | None = Field(None, min_length=1, description="Server that takes e-mail; none is sent where empty")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port")
    smtp_starttls: bool = Field(True, description="Refuse to send where the connection cannot be encrypted")
    smtp_user: str | None = Field(None, min_length=1, description="Who signs in; nobody where empty")
    smtp_password: SecretStr | None = Field(
        None, min_length=1, description=f"Of smtp_user; only from the environment: {SMTP_PASSWORD_VARIABLE}"
    )
    sender: Mailbox | None = Field(None, description="E-mail address that notices come from")
    recipients: tuple[Mailbox, ...] = Field((), description="E-mail addresses that notices go to", max_length=50)
    webhooks: tuple[Webhook, ...] = Field(
        (), description="Addresses that notices are posted to as JSON, of Slack, Teams or Mattermost too", max_length=10
    )
    events: tuple[EventName, ...] = Field(
        ("failure", "warning", "not started", "recovery"), description="What is told of: these, or some of them"
    )
    grace_minutes: int = Field(
        60, ge=0, le=1440, description="Minutes after its time within which a night must have started"
    )
    rejected_share: Share = Field(0.01, description="A larger share of a table's rows rejected is a warning")
    old_days: int = Field(3, ge=0, le=366, description="A newest order more days before the as-of date is a warning")
    page: str | None = Field(
        None, pattern=r"^https?://", description="Prefect's page as readers of notices reach it; as served where empty"
    )

    @property
    def is_on(self) -> bool:
        """Whether anybody is told anything."""
        return bool(self.smtp_host or self.webhooks)

    @model_validator(mode="after")
    def _complete(self) -> "NoticeSettings":
        if self.smtp_host and not (self.sender and self.recipients):
            raise ValueError("smtp_host needs sender and recipients")
        if self.smtp_user and self.smtp_password is None:
            raise ValueError(f"smtp_user needs the environment variable {SMTP_PASSWORD_VARIABLE}")
        return self
