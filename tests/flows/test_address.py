"""Where the server listens, and that nobody beyond this machine uses it without a password."""

import pytest
from pydantic import SecretStr

from flows.address import page_url, prefect_environment
from segmentation.errors import SettingsError
from segmentation.settings import ServeSettings
from tests.flows.conftest import Place

PASSWORD = SecretStr("correct horse")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_this_machine_needs_no_password(host: str) -> None:
    assert not [name for name in prefect_environment(ServeSettings(host=host)) if "AUTH" in name]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "crm.example", "127.0.0.1.example", "2130706433"])
def test_beyond_this_machine_it_does(host: str) -> None:
    with pytest.raises(
        SettingsError, match="lets other machines start runs; set the environment variable MAILWORTH_SERVE__PASSWORD"
    ):
        prefect_environment(ServeSettings(host=host))

    assert prefect_environment(ServeSettings(host=host, password=PASSWORD))


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_server_and_clients_are_told_the_password(host: str) -> None:
    variables = prefect_environment(ServeSettings(host=host, password=PASSWORD))

    assert variables["PREFECT_SERVER_API_AUTH_STRING"] == "admin:correct horse"
    assert variables["PREFECT_API_AUTH_STRING"] == "admin:correct horse"


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:4200"),
        ("0.0.0.0", "http://127.0.0.1:4200"),
        ("::", "http://[::1]:4200"),
        ("::1", "http://[::1]:4200"),
        ("192.168.1.5", "http://192.168.1.5:4200"),
        ("crm.example", "http://crm.example:4200"),
    ],
)
def test_the_page_as_this_machine_reaches_it(host: str, url: str) -> None:
    settings = ServeSettings(host=host, password=PASSWORD)

    assert page_url(settings) == url
    assert prefect_environment(settings)["PREFECT_API_URL"] == f"{url}/api"


def test_the_command_refuses_in_one_line(place: Place) -> None:
    done = place.run("serve", "--host", "0.0.0.0")

    assert done.returncode == 1
    assert done.stderr == (
        "mailworth: serve.host = '0.0.0.0' lets other machines start runs; set the environment variable "
        "MAILWORTH_SERVE__PASSWORD, or listen on 127.0.0.1\n"
    )
