"""What clusters are made of: FEATURES, and attributes of customers that the settings name."""

from collections.abc import Sequence

from segmentation.contract.sql import quote
from segmentation.segments.features import FEATURES, Feature
from segmentation.warehouse.connection import read_sql


def cluster_features(attributes: Sequence[str]) -> tuple[Feature, ...]:
    """FEATURES, and one for each attribute."""
    return (*FEATURES, *map(_attribute_feature, attributes))


def _attribute_feature(name: str) -> Feature:
    words = name.replace("_", " ")
    return Feature(name, f"Attribute {words}", "", f"high {words}", f"low {words}")


def feature_query(attributes: Sequence[str]) -> str:
    """SELECT of sql/customer_features.sql with a column for each attribute, as it was known on `$as_of_date`.

    A value that is no finite number is NULL.
    """
    features = read_sql("customer_features")
    if not attributes:
        return features
    numbers = ", ".join(
        f"case when isfinite(try_cast(known.{quote(name)} as double)) then try_cast(known.{quote(name)} as double) "
        f"end as {quote(name)}"
        for name in attributes
    )
    return (
        f"select features.*, {numbers} from (\n{features}\n) as features "
        f"left join (\n{read_sql('customers_at')}\n) as known using (customer_id) order by features.customer_id"
    )
