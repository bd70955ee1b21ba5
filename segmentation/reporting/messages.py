"""The texts there are to translate, and catalogues brought up to date with them: `make messages`.

Texts are found in Python by what says them, in templates by Jinja's own rules, in stored_texts.txt line by line, and
where segments, features, rules and columns are declared.
"""

import ast
import io
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from segmentation.contract.inputs import INPUT_TABLES
from segmentation.eligibility.checks import NEEDED
from segmentation.reporting.catalogue import SOURCE_LANGUAGE, find_catalogue, list_languages
from segmentation.reporting.definitions import SHOWN_TABLES, list_explained
from segmentation.reporting.stored import list_templates
from segmentation.response.covariates import COVARIATES
from segmentation.response.metrics import RESPONSE_METRICS
from segmentation.segments.features import FEATURES
from segmentation.segments.rules import SEGMENT_RULES
from segmentation.targeting.exclusions import EXCLUSIONS, RANKED_EXCLUSIONS
from segmentation.value.rules import ADVICE

ROOT = files("segmentation")
CODE = ("reporting", "reporting/pages", "comparison")
TEMPLATES = ROOT / "reporting" / "templates"
# What says texts, and how many of its arguments are texts.
SAYING = {"words": 1, "self": 1, "to_say": 1, "plural": 2, "context": 2}
HEADER = r"""msgid ""
msgstr ""
"Language: {language}\n"
"Plural-Forms: {plural_forms}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
Found = tuple[str | tuple[str, ...], str, str | None]  # text or its forms, file, context


def find_messages() -> Iterator[Found]:
    """Every text there is to translate, file by file."""
    for folder in CODE:
        for module in sorted((ROOT / folder).iterdir(), key=lambda file: file.name):
            if module.name.endswith(".py"):
                yield from _find_in_code(module.read_text(encoding="utf-8"), f"segmentation/{folder}/{module.name}")
    for template in sorted(TEMPLATES.iterdir(), key=lambda file: file.name):
        yield from _find_in_template(template.read_bytes(), f"segmentation/reporting/templates/{template.name}")
    for text in list_templates():
        yield text, "segmentation/reporting/stored_texts.txt", None
    for text, file in _find_declared():
        yield text.replace("%", "%%"), file, None


def _find_in_code(code: str, file: str) -> Iterator[Found]:
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        said_by = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        texts = [text for node in call.args[: SAYING.get(said_by, 0)] if isinstance(text := _constant(node), str)]
        if not texts or len(texts) < SAYING[said_by]:
            continue
        if said_by == "context":
            yield texts[1], file, texts[0]
        else:
            yield texts[0] if said_by != "plural" else tuple(texts), file, None


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else None


def _find_in_template(template: bytes, file: str) -> Iterator[Found]:
    options = {"trimmed": "true", "silent": "false", "newstyle_gettext": "true"}
    keywords = ("_", "gettext", "ngettext", "pgettext")
    for _, said_by, message, _ in babel_extract(io.BytesIO(template), keywords, (), options):
        forms = (message,) if isinstance(message, str) else tuple(form for form in message or () if form is not None)
        if not forms:
            continue  # a text that another file names
        if said_by == "pgettext":
            yield forms[1], file, forms[0]
        else:
            yield forms if said_by == "ngettext" else forms[0], file, None


def _find_declared() -> Iterator[tuple[str, str]]:
    for rule in SEGMENT_RULES:
        yield from ((text, "segmentation/segments/rules.py") for text in (rule.name, rule.description, rule.advice))
    for exclusion in (*EXCLUSIONS, *RANKED_EXCLUSIONS):
        yield exclusion.reason, "segmentation/targeting/exclusions.py"
    for needed in dict.fromkeys(name for names in NEEDED.values() for name in names):
        yield needed.replace("_", " "), "segmentation/eligibility/checks.py"
    for group, advice in ADVICE.items():
        yield from ((text, "segmentation/value/rules.py") for text in (group, advice))
    for feature in FEATURES:
        for text in (feature.high, feature.low):
            yield text, "segmentation/segments/features.py"
    for covariate in COVARIATES:
        yield covariate.replace("_", " "), "segmentation/response/covariates.py"
    for metric in RESPONSE_METRICS:
        yield metric.description, "segmentation/response/metrics.py"
    for table in INPUT_TABLES:
        yield from ((rule.reason, "segmentation/contract/inputs.py") for rule in table.rules)
    for table in SHOWN_TABLES:
        yield table.grain, "segmentation/contract"
        for column in list_explained(table):
            yield column.name.replace("_", " "), "segmentation/contract"
            yield column.description, "segmentation/contract"


def make_template(messages: Iterable[Found]) -> Catalog:
    """A catalogue without translations, each text with the files that say it."""
    template = Catalog()
    for text, file, context in messages:
        template.add(text, locations=[(file, 1)], context=context)
    return template


def update_catalogue(text: bytes | None, language: str, template: Catalog) -> bytes:
    """The catalogue `text` with the texts of `template`: translations stay, new texts have none, others are gone."""
    locale = Locale.parse(language, sep="_")
    catalogue = Catalog(locale) if text is None else read_po(io.BytesIO(text), locale=locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=120, include_lineno=False, omit_header=True)
    return HEADER.format(language=language, plural_forms=catalogue.plural_forms).encode() + written.getvalue()


def update_all(languages: Iterable[str]) -> None:
    """Bring the catalogues of `languages` up to date; one that is not there is begun."""
    template = make_template(find_messages())
    for language in languages:
        file = find_catalogue(language)
        updated = update_catalogue(file.read_bytes() if file.is_file() else None, language, template)
        with open(str(file), "wb") as written:
            written.write(updated)


if __name__ == "__main__":
    update_all(sys.argv[1:] or [language for language in list_languages() if language != SOURCE_LANGUAGE])
