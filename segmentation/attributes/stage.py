"""Profile segments, clusters and portfolio groups by what is known of customers beyond their orders."""

import datetime as dt
import logging

import polars as pl

from segmentation.attributes.disclosure import pool_rare
from segmentation.attributes.kinds import LEFT_OUT, MEAN, SHARE, choose_kinds, leave_out_rare
from segmentation.attributes.profiles import profile
from segmentation.contract.attributes import ATTRIBUTE_PROFILES, GROUPINGS, PROFILE_COLUMNS, attribute_names
from segmentation.contract.inputs import CUSTOMERS
from segmentation.warehouse.connection import Connection, fetch, kept
from segmentation.warehouse.schema import replace_rows, stored_columns

log = logging.getLogger(__name__)


def profile_attributes(connection: Connection, as_of: dt.date) -> None:
    """Write what each attribute of crm.customers says of the groups of `as_of` to segments.attribute_profiles.

    Customers of segments.unscored are in no figure. A declared column that the source does not bring is no attribute.
    """
    names = attribute_names(stored_columns(connection, CUSTOMERS.full_name))
    with (
        kept(connection, "customer_groups"),
        kept(connection, "attribute_values", attributes=names, as_of_date=as_of),
    ):
        contents = fetch(connection, "attribute_contents")
        brought = [name for name in names if name not in PROFILE_COLUMNS or name in contents["attribute"]]
        kinds = choose_kinds(contents, brought)
        shares, means = (
            fetch(connection, relation, attributes=kinds.filter(pl.col("kind") == kind)["attribute"].to_list())
            for relation, kind in (("attribute_shares", SHARE), ("attribute_means", MEAN))
        )
        sizes = fetch(connection, "group_sizes")
    shares = pool_rare(shares)
    kinds = leave_out_rare(kinds, shares)
    shares = shares.join(kinds.filter(pl.col("kind") == SHARE), on="attribute", how="semi", maintain_order="left")
    profiles = profile(kinds, shares, means, sizes)
    replace_rows(connection, ATTRIBUTE_PROFILES, profiles.with_columns(as_of_date=pl.lit(as_of)), as_of_date=as_of)
    _tell(kinds, profiles)


def _tell(kinds: pl.DataFrame, profiles: pl.DataFrame) -> None:
    for attribute, note in kinds.filter(pl.col("kind") == LEFT_OUT).select("attribute", "note").iter_rows():
        log.info("attribute %s is left out: %s", attribute, note)
    groups = profiles.filter(pl.col("kind") != LEFT_OUT).select("grouping", "group_name").unique()
    if groups.is_empty():
        log.info("no attribute of customers profiles their segments")
        return
    of_each = dict(groups["grouping"].value_counts().iter_rows())
    log.info(
        "%s attributes profile %s segments, %s clusters and %s portfolio groups; %s of %s shares and means stand out",
        (kinds["kind"] != LEFT_OUT).sum(),
        *(of_each.get(grouping, 0) for grouping in GROUPINGS),
        profiles["standing"].count(),
        profiles["p_value"].count(),
    )
