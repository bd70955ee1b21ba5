"""From what a page says to HTML: texts, links and pictures in one file; style and scripts are assets of the site."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from segmentation.reporting.assets import Asset
from segmentation.reporting.pages.model import campaign_file
from segmentation.reporting.words import Words


def open_templates(words: Words, assets: dict[str, Asset], *, site: str, date: str) -> Environment:
    """The templates for pages of one folder, in the language of `words`; texts are escaped, pictures go in as they are.

    Templates say `{% trans %}...{% endtrans %}` or `_("...")`; what their texts contain is markup, values are escaped.

    Args:
        assets: by the name that templates know them by.
        site: the way from these pages to the index of the site, such as `../`.
        date: the way from these pages to those of a date; empty for these.
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
    environment.globals |= {"words": words, "assets": assets, "site": site, "date": date}
    environment.globals["campaign_file"] = campaign_file
    return environment


def render_page(environment: Environment, template: str, **content: Any) -> str:
    """The text of a page."""
    return environment.get_template(template).render(content)
