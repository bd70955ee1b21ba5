"""From what the report says to one HTML file: markup, style and pictures in one."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from segmentation.reporting.words import Words


def render_page(words: Words, **content: Any) -> str:
    """The page of templates/report.html.j2 in the language of `words`; texts are escaped, pictures go in as they are.

    Templates say `{% trans %}...{% endtrans %}` or `_("...")`; what their texts contain is markup, values are escaped.
    """
    environment = Environment(
        loader=PackageLoader("segmentation.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["words"] = words
    return environment.get_template("report.html.j2").render(content)
