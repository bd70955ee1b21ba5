"""What is known of customers beyond their orders, and how segments differ by it."""

from collections.abc import Iterable

from segmentation.contract.columns import AS_OF_DATE, NOTE, with_interval
from segmentation.contract.history import KNOWN_FROM
from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.model import Column, Table

# Declared columns that profile segments as the attributes of a source do; test_privacy.py sees that they are open.
PROFILE_COLUMNS = ("country",)
GROUPINGS = ("segment", "cluster", "portfolio")

ATTRIBUTE_PROFILES = Table(
    "segments",
    "attribute_profiles",
    "as-of date, grouping, group, attribute and value; or attribute that is left out",
    (
        AS_OF_DATE,
        Column("grouping", "VARCHAR", "segment, cluster or portfolio; empty where the attribute is left out"),
        Column("group_name", "VARCHAR", "Segment, cluster or portfolio group of customers"),
        Column("attribute", "VARCHAR", "Column of crm.customers that the source added, or country"),
        Column(
            "value",
            "VARCHAR",
            "Value of the attribute; other: values that too few customers have, together; empty where kind is mean",
        ),
        Column("kind", "VARCHAR", "share (of a value), mean (of numbers) or left out (note says why)"),
        Column("customers", "BIGINT", "Customers of the group whose value is known"),
        Column("unknown", "BIGINT", "Customers of the group whose value is not known: in no share and no mean"),
        Column("in_group", "DOUBLE", "Share (0-1) of the customers known in the group, or their mean"),
        Column("in_all", "DOUBLE", "The same of all scored customers"),
        Column("index", "DOUBLE", "100 in_group / in_all: 100 is as all, 200 twice as much"),
        *with_interval("difference", "DOUBLE", "in_group less the same of the scored customers outside the group"),
        Column("p_value", "DOUBLE", "Probability of such a difference, or a larger one, by chance alone"),
        Column("p_adjusted", "DOUBLE", "The same, adjusted for all groups and values of the attribute"),
        Column("method", "VARCHAR", "Test: score (pooled), exact (where few are expected), or welch (means)"),
        Column("standing", "VARCHAR", "over or under where p_adjusted is below 0.05, else empty: may be chance"),
        NOTE,
    ),
    key=("as_of_date", "grouping", "group_name", "attribute", "value"),
)


def attribute_names(stored: Iterable[str]) -> tuple[str, ...]:
    """Which of the columns stored in crm.customers are attributes, sorted: never a declared one that is not meant."""
    declared = {name.lower() for name in (*CUSTOMERS.column_names, KNOWN_FROM.name)} - set(PROFILE_COLUMNS)
    return tuple(sorted(name for name in stored if name.lower() not in declared))
