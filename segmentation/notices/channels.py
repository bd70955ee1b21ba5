"""The ways a notice goes out: e-mail by SMTP, JSON to webhooks."""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import urlsplit

import httpx

from segmentation.notices.notice import Notice
from segmentation.settings import NoticeSettings

PATIENCE = 20  # seconds for a server to answer

Send = Callable[[], None]


def list_channels(notice: Notice, settings: NoticeSettings) -> Iterator[tuple[str, Send]]:
    """Each way that `settings` name: what it is called in the log, without secrets, and the sending.

    A sending raises OSError, smtplib.SMTPException or httpx.HTTPError.
    """
    if settings.smtp_host:
        yield f"e-mail by {settings.smtp_host}:{settings.smtp_port}", lambda: send_mail(notice, settings)
    for webhook in settings.webhooks:
        url = webhook.get_secret_value()  # the path of such an address is a secret
        yield f"webhook at {urlsplit(url).hostname}", lambda url=url: post(notice, url)  # type: ignore[misc]


def send_mail(notice: Notice, settings: NoticeSettings) -> None:
    """One e-mail to all recipients, encrypted on its way unless notices.smtp_starttls is false."""
    message = EmailMessage()
    message["From"], message["To"] = settings.sender, ", ".join(settings.recipients)
    message["Subject"] = notice.subject
    message["Date"], message["Message-ID"] = formatdate(localtime=True), make_msgid(domain="mailworth.invalid")
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(notice.text)
    with smtplib.SMTP(str(settings.smtp_host), settings.smtp_port, timeout=PATIENCE) as server:
        if settings.smtp_starttls:
            server.starttls(context=ssl.create_default_context())
        if settings.smtp_user and settings.smtp_password:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        server.send_message(message)


def post(notice: Notice, url: str) -> None:
    """JSON with `text`, which Slack, Teams and Mattermost show, and the parts for programs."""
    body = {
        "text": notice.text,
        "event": notice.event,
        "subject": notice.subject,
        "lines": notice.lines,
        "link": notice.link,
    }
    httpx.post(url, json=body, timeout=PATIENCE).raise_for_status()
