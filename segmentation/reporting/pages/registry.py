"""The pages of a date, in the order of the links to them. To add a page, add an entry here."""

from segmentation.reporting.pages.campaigns import CAMPAIGNS, COMPARED, PAYBACK
from segmentation.reporting.pages.customers import CLUSTERS, SEGMENTS, VALUE
from segmentation.reporting.pages.mailing import FORECAST, OFFERS, PLAN
from segmentation.reporting.pages.model import Page
from segmentation.reporting.pages.tonight import DEFINITIONS, QUALITY, TONIGHT

PAGES: tuple[Page, ...] = (
    TONIGHT,
    PLAN,
    CAMPAIGNS,
    COMPARED,
    PAYBACK,
    SEGMENTS,
    CLUSTERS,
    VALUE,
    OFFERS,
    FORECAST,
    QUALITY,
    DEFINITIONS,
)
