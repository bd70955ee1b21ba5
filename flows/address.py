"""Where Prefect's server listens and who may use it: settings as Prefect's variables, set before it is imported."""

import ipaddress

from segmentation.errors import SettingsError
from segmentation.settings import ServeSettings

USER = "admin"


def prefect_environment(settings: ServeSettings) -> dict[str, str]:
    """Variables for the server and all that talk to it.

    With a password every request needs it, but that for the server's health. Pages of other origins may not use the
    server from a browser.

    Raises:
        SettingsError: the server is to be reached from other machines, and has no password.
    """
    if settings.password is None and not _is_loopback(settings.host):
        raise SettingsError(
            f"serve.host = {settings.host!r} lets other machines start runs; set the environment variable "
            "MAILWORTH_SERVE__PASSWORD, or listen on 127.0.0.1"
        )
    variables = {
        "PREFECT_API_URL": f"{page_url(settings)}/api",
        "PREFECT_SERVER_UI_API_URL": "/api",  # of the host that the page came from
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": page_url(settings),
    }
    if settings.password is None:
        return variables
    credentials = f"{USER}:{settings.password.get_secret_value()}"
    return variables | {"PREFECT_SERVER_API_AUTH_STRING": credentials, "PREFECT_API_AUTH_STRING": credentials}


def page_url(settings: ServeSettings) -> str:
    """The page as this machine reaches it."""
    address = _address(settings.host)
    if address is None:
        return f"http://{settings.host}:{settings.port}"
    if address.is_unspecified:  # listens on every address
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return f"http://[{address}]:{settings.port}" if address.version == 6 else f"http://{address}:{settings.port}"


def _is_loopback(host: str) -> bool:
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
