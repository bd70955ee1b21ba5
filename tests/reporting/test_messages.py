"""Catalogues are complete, and a report in another language has nothing left of English."""

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from segmentation.reporting.catalogue import SOURCE_LANGUAGE, find_catalogue, list_languages
from segmentation.reporting.messages import find_messages, make_template, update_catalogue
from segmentation.reporting.numbers import Numbers
from segmentation.reporting.stored import PLACE, list_templates
from segmentation.warehouse.connection import open_memory
from segmentation.warehouse.schema import create_tables
from tests.reporting.languages import ENGLISH, POLISH
from tests.reporting.site import read_pages
from tests.reporting.test_report import AS_OF, fill_everything

TRANSLATED = [language for language in list_languages() if language != SOURCE_LANGUAGE]
SOURCE = Path(__file__).parent.parent.parent / "segmentation"
ENGLISH_WORDS = re.compile(
    r"\b(the|of|and|with|is|are|were|which|than|their|cannot|since|from|more|less|nobody|mailed|held|unmailed|customers)\b"
)
NAMES = (  # as the warehouse has them, which definitions name beside their translation
    *("left out of scoring", "popularity in the segment", "mean of 12 weeks", "path of the segment", "lub nobody"),
    *("crm.customers", "customers.csv"),
)


def read_catalogue(language: str) -> Catalog:
    return read_po(io.BytesIO(find_catalogue(language).read_bytes()), locale=language)


def texts_of(message: Message) -> list[tuple[str, str]]:
    """Each form of a message with its translation; the last form of the source stands for all further ones."""
    if isinstance(message.id, str):
        return [(message.id, str(message.string))]
    return [(message.id[min(number, 1)], text) for number, text in enumerate(message.string)]


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_has_just_the_texts_there_are(language: str) -> None:
    text = find_catalogue(language).read_bytes()
    assert update_catalogue(text, language, make_template(find_messages())) == text


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated_and_keeps_its_places(language: str) -> None:
    catalogue = read_catalogue(language)
    assert len(catalogue) > 1000
    for message in catalogue:
        if not message.id:
            continue
        assert not message.fuzzy
        assert not list(message.check(catalogue))
        forms = 1 if isinstance(message.id, str) else catalogue.num_plurals
        assert len(texts_of(message)) == forms
        for source, text in texts_of(message):
            assert text, message.id
            assert set(PLACE.findall(text)) == set(PLACE.findall(source)), message.id
            assert text % dict.fromkeys(PLACE.findall(text), "x")  # no percent sign stands alone


def test_a_catalogue_is_begun_with_all_texts_and_no_translation() -> None:
    template = make_template(find_messages())
    begun = update_catalogue(None, "de", template)
    assert b'"Plural-Forms: nplurals=2; plural=(n != 1);' in begun
    assert begun.count(b"\nmsgid ") == len(template)
    assert update_catalogue(begun, "de", template) == begun


def test_numbers_of_a_language_need_no_more_than_its_code() -> None:
    german = Numbers(Locale.parse("de"), "€")
    assert (german.exact_money(1734.5), german.percent(0.149)) == ("1.734,50\xa0€", "14,9\xa0%")


def test_every_stored_text_is_one_that_the_warehouse_is_given() -> None:
    code = "\n".join(
        file.read_text(encoding="utf-8") for ending in ("py", "sql") for file in SOURCE.rglob(f"*.{ending}")
    )
    code = re.sub(r'"\s*\n\s*(?:f?"|\+ \(?f?")', "", code)
    for template in list_templates():
        for fragment in PLACE.split(template.replace("%%", "%"))[::2]:
            assert fragment.strip(" ,;:.()") in code, template


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nobody was mailed", "do nikogo nie wysłano"),
        ("no piece has a key code; nobody was mailed", "żadna przesyłka nie ma kodu akcji; do nikogo nie wysłano"),
        ("fewer than 1,250 customers in an arm", "mniej niż 1\xa0250 klientów w grupie"),
        ("not known on 2024-05-31", "nieznane dnia 31.05.2024"),
        ("stability under 0.7", "stabilność poniżej 0,7"),
        (
            "not alike after weighting in tenure_days, order_count (response.balance)",
            "po zważeniu niepodobni pod względem: staż w dniach, liczba zamówień (response.balance)",
        ),
        (
            "mailings not counted: 6 since they have no hold-out, 2 since their cost is not known; nobody was mailed",
            "niepoliczone wysyłki: 6, bo nie mają grupy kontrolnej, 2, bo ich koszt nie jest znany; "
            "do nikogo nie wysłano",
        ),
        ("on a suppression list: the owner", "na liście wykluczeń: the owner"),
        ("a text; of the source", "a text; of the source"),
        ("a text; nobody was mailed", "a text; do nikogo nie wysłano"),
        (None, ""),
    ],
)
def test_texts_of_the_warehouse_are_said_with_what_varies_in_them(text: str | None, said: str) -> None:
    assert POLISH.stored(text) == said
    assert ENGLISH.stored(text) == (text or "")


@pytest.mark.parametrize(
    ("number", "said"), [(1, "1 zamówienie"), (3, "3 zamówienia"), (12, "12 zamówień"), (22, "22 zamówienia")]
)
def test_polish_has_three_forms(number: int, said: str) -> None:
    assert POLISH.plural("%(number)s order", "%(number)s orders", number) == said


def visible_texts(page: str) -> Iterator[str]:
    """What is read on a page or told of it: texts, alternative texts, and titles."""
    page = re.sub(r"<(script|style|code)\b.*?</\1>", "", page, flags=re.DOTALL)
    for text in re.findall(r'(?:aria-label|title)="([^"]*)"|>([^<>]+)<', page):
        yield html.unescape("".join(text))


@pytest.mark.parametrize("filled", [True, False])
def test_a_polish_report_has_no_english_left(filled: bool) -> None:
    with open_memory() as warehouse:
        create_tables(warehouse)
        if filled:
            fill_everything(warehouse)
        pages = read_pages(warehouse, AS_OF, POLISH)
    left = set()
    for name, page in pages.items():
        assert '<html lang="pl">' in page
        for text in visible_texts(page):
            for known in NAMES:
                text = text.replace(known, "")
            if ENGLISH_WORDS.search(text):
                left.add((name, text.strip()))
    assert not left
