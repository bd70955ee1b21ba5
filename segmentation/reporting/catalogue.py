"""Catalogues of translations: one .po file a language, read as it is. The texts of the source are English."""

import io
from functools import cache
from gettext import NullTranslations
from importlib.resources import files
from importlib.resources.abc import Traversable

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

SOURCE_LANGUAGE = "en"
DOMAIN = "reporting"
FOLDER = files("segmentation.reporting") / "locale"


def to_say(text: str) -> str:
    """The same text: names one that is said later, for `make messages` to find."""
    return text


def list_languages() -> tuple[str, ...]:
    """The languages there are, by their codes: that of the source, and those with a catalogue."""
    return (SOURCE_LANGUAGE, *sorted(entry.name for entry in FOLDER.iterdir() if entry.is_dir()))


def find_catalogue(language: str) -> Traversable:
    """The file of a language, which need not be there."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def read_translations(language: str) -> NullTranslations:
    """The texts in `language`, one of `list_languages`; those of the source as they are.

    Entries marked as fuzzy, or without a translation, stay English.
    """
    if language == SOURCE_LANGUAGE:
        return NullTranslations()
    with find_catalogue(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)
