"""What tonight's segments add to the past: history, migration and drift."""

import datetime as dt
import logging

import polars as pl

from segmentation.contract.segments import DISTRIBUTION, DRIFT, HISTORY, MIGRATION
from segmentation.history.drift import count_in_tenths, measure_drift, split_tenths
from segmentation.warehouse.connection import Connection, fetch, kept
from segmentation.warehouse.schema import append_relation, clear, replace_rows

log = logging.getLogger(__name__)

SEGMENT = "segment"
NO_EARLIER_DATE = "there is no earlier date to compare with"


def keep_history(connection: Connection, as_of: dt.date, *, drift_limit: float) -> None:
    """Write what is known of `as_of` to segments.history, migration, distribution and drift.

    A drift above the limit is a warning in the log.
    """
    clear(connection, HISTORY, as_of_date=as_of)
    append_relation(connection, HISTORY, "segment_membership", as_of_date=as_of)
    before, after = fetch(connection, "neighbouring_dates", as_of_date=as_of).row(0)
    clear(connection, MIGRATION, from_date=before, to_date=after)
    for from_date, to_date in ((before, as_of), (as_of, after)):
        clear(connection, MIGRATION, from_date=from_date, to_date=to_date)
        if from_date is not None and to_date is not None:
            append_relation(connection, MIGRATION, "segment_migration", from_date=from_date, to_date=to_date)
    _keep_drift(connection, as_of, before, drift_limit)


def _keep_drift(connection: Connection, as_of: dt.date, before: dt.date | None, limit: float) -> None:
    with kept(connection, "customer_features", as_of_date=as_of, with_unscored=False):
        values = fetch(connection, "feature_values")
    day = pl.lit(as_of).alias("as_of_date")
    replace_rows(connection, DISTRIBUTION, split_tenths(values).with_columns(day), as_of_date=as_of)
    measures = pl.DataFrame({"measure": [*values["measure"].unique().sort(), SEGMENT]}, schema={"measure": pl.String})
    drift = measures.join(
        _compare(connection, values, before, as_of), on="measure", how="left", maintain_order="left"
    ).with_columns(
        day,
        pl.lit(before, dtype=pl.Date).alias("compared_with"),
        (pl.col("psi") > limit).alias("warns"),
        pl.when(pl.col("psi").is_null())
        .then(pl.lit(f"not known on {before}" if before else NO_EARLIER_DATE))
        .alias("note"),
    )
    replace_rows(connection, DRIFT, drift, as_of_date=as_of)
    for measure, psi in drift.filter("warns").select("measure", "psi").iter_rows():
        log.warning("%s has drifted since %s: population stability index %.2f, above %g", measure, before, psi, limit)


def _compare(connection: Connection, values: pl.DataFrame, before: dt.date | None, as_of: dt.date) -> pl.DataFrame:
    """Drift of every measure known on both dates: `measure`, `psi`."""
    if before is None:
        return pl.DataFrame(schema={"measure": pl.String, "psi": pl.Float64})
    tenths = fetch(connection, "distribution_at", as_of_date=before)
    segments = fetch(connection, "segment_counts", before=before, as_of_date=as_of)
    earlier, later = (segments.filter(pl.col("as_of_date") == day) for day in (before, as_of))
    return pl.concat([measure_drift(tenths, count_in_tenths(values, tenths)), measure_drift(earlier, later)])
