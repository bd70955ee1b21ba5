"""What clusters are made of: FEATURES, and attributes of customers that the settings name."""

from collections.abc import Sequence

from segmentation.segments.features import FEATURES, Feature


def cluster_features(attributes: Sequence[str]) -> tuple[Feature, ...]:
    """FEATURES, and one for each attribute."""
    return (*FEATURES, *map(_attribute_feature, attributes))


def _attribute_feature(name: str) -> Feature:
    words = name.replace("_", " ")
    return Feature(name, f"Attribute {words}", "", f"high {words}", f"low {words}")
