"""Pages on customers: who they are, where they go, what they are worth."""

from typing import Any

from segmentation.reporting.attribute_figures import describe_attributes
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.cluster_figures import describe_clusters
from segmentation.reporting.history_figures import describe_history
from segmentation.reporting.pages.model import Night, Page
from segmentation.reporting.segment_figures import describe_segments
from segmentation.reporting.value_figures import describe_service, describe_value


def _describe_segments(night: Night) -> dict[str, Any]:
    return {
        "segments": describe_segments(
            night.fetch("report_rfm"),
            night.fetch_known("report_rfm_bounds"),
            night.fetch("report_rules"),
            night.fetch_known("report_not_segmented").row(0, named=True),
            night.words,
        ),
        "attributes": describe_attributes(night.fetch_known("report_attributes"), night.words),
        "history": describe_history(
            night.fetch_known("report_migration"), night.fetch_known("report_drift"), night.words
        ),
    }


def _describe_clusters(night: Night) -> dict[str, Any]:
    clusters = describe_clusters(
        night.fetch("report_cluster_profiles"),
        night.fetch("report_cluster_selection"),
        night.fetch("report_cluster_fits"),
        night.words,
    )
    return {"clusters": clusters}


def _describe_value(night: Night) -> dict[str, Any]:
    return {
        "value": describe_value(
            night.fetch("report_value"),
            night.fetch("report_value_notes"),
            night.fetch("report_value_check"),
            night.fetch("report_portfolio"),
            night.words,
        ),
        "service": describe_service(
            night.fetch("report_service_reasons"), night.fetch("report_service_by_segment"), night.words
        ),
    }


SEGMENTS = Page(
    "segments", to_say("Segments"), ("segments.html.j2", "attributes.html.j2", "history.html.j2"), _describe_segments
)
CLUSTERS = Page("clusters", to_say("Clusters"), ("clusters.html.j2",), _describe_clusters)
VALUE = Page("value", to_say("Value"), ("value.html.j2",), _describe_value)
