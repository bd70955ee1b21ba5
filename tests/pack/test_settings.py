"""A pack that cannot be is refused when the settings are read."""

from typing import Any

import pytest

from segmentation.errors import SettingsError
from segmentation.settings import load_settings


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({"columns": ["last_name"]}, "columns need customer_id"),
        ({"columns": ["customer_id", "city", "city"]}, "columns has city more than once"),
        ({"columns": ["customer_id", "city"], "labels": {"city": "customer_id"}}, "labels has customer_id more than"),
        ({"labels": {"citty": "Ort"}}, "labels names citty, which columns does not have"),
        ({"format": ["fixed width"], "fixed_width": {"city": 5}}, "needs the characters of customer_id, keycode"),
        ({"fixed_width": {"city": 0}}, "greater than or equal to 1"),
        ({"format": []}, "at least 1 item"),
        ({"seeds": [{"last_name": "x"}]}, "customer_id"),
        ({"seeds": [{"customer_id": "x"}, {"customer_id": "x"}]}, "seeds has x more than once"),
        ({"default_country": "Poland"}, "default_country"),
        ({"encoding": "latin-1"}, "encoding"),
    ],
)
def test_what_does_not_fit_is_told(pack: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        load_settings(pack=pack)
