"""From what the report says to one HTML file: markup, style and pictures in one."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined


def render_page(**content: Any) -> str:
    """The page of templates/report.html.j2; every text is escaped, pictures go in as they are."""
    environment = Environment(
        loader=PackageLoader("segmentation.reporting"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(content)
