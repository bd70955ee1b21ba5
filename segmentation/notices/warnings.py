"""What of a night's results is a warning. Frames in, warnings out; `WARNINGS` is the place to add one."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from segmentation.notices.notice import Warned
from segmentation.settings import NoticeSettings

Find = Callable[[pl.DataFrame, NoticeSettings], Iterator[Warned]]


@dataclass(frozen=True)
class Kind:
    """A kind of warning.

    Attributes:
        relation: name of the SQL file whose rows it is made of.
        find: the warnings in these rows.
        parameters: what the SQL needs: run_id and as_of_date are known.
    """

    relation: str
    find: Find
    parameters: tuple[str, ...] = ()


def find_rejected(loads: pl.DataFrame, settings: NoticeSettings) -> Iterator[Warned]:
    """A table of which more than notices.rejected_share was rejected.

    Args:
        loads: `table_name`, `rows_read`, `rows_rejected` of the night.
    """
    share = pl.col("rows_rejected") / pl.col("rows_read")
    many = loads.filter(pl.col("rows_read") > 0, share > settings.rejected_share)
    for table, read, rejected in many.select("table_name", "rows_read", "rows_rejected").iter_rows():
        yield Warned(
            f"rejected {table}",
            f"{table}: {rejected:,} of {read:,} rows were rejected ({rejected / read:.1%}, more than "
            f"notices.rejected_share = {settings.rejected_share:g}); quality.rejects has the reasons.",
        )


def find_drift(drift: pl.DataFrame, settings: NoticeSettings) -> Iterator[Warned]:
    """A measure whose distribution has moved by more than rfm.drift_limit since the date before.

    Args:
        drift: `measure`, `compared_with`, `psi`, `warns` of the as-of date.
    """
    for measure, before, psi in drift.filter("warns").select("measure", "compared_with", "psi").iter_rows():
        yield Warned(
            f"drift {measure}",
            f"{measure} has drifted since {before} (population stability index {psi:.2f}); if nothing changed in the "
            "business, look at what the source delivered: segments.drift.",
        )


def find_failed_ratios(ratios: pl.DataFrame, settings: NoticeSettings) -> Iterator[Warned]:
    """A campaign whose arms are not of the planned size.

    Args:
        ratios: `campaign_id`, `name`, `cell`, `treated`, `control` of tests that fail, the whole campaign first.
    """
    failed = ratios.unique("campaign_id", keep="first", maintain_order=True)
    for campaign, name, cell, treated, control in failed.select(
        "campaign_id", "name", "cell", "treated", "control"
    ).iter_rows():
        of_cell = "" if cell == "all" else f", cell {cell}"
        yield Warned(
            f"sample ratio {campaign}",
            f"campaign {name}{of_cell}: {treated:,} mailed and {control:,} held out are not as planned, so no figure "
            "of it can be relied on; find out who is missing among the contacts: response.sample_ratio.",
        )


def find_contaminated(contaminated: pl.DataFrame, settings: NoticeSettings) -> Iterator[Warned]:
    """A campaign of whose hold-out some were mailed anyway.

    Args:
        contaminated: `campaign_id`, `name`, `control`, `contaminated` of campaigns with a hold-out.
    """
    mailed_anyway = contaminated.filter(pl.col("contaminated") > 0)
    for campaign, name, control, mailed in mailed_anyway.select(
        "campaign_id", "name", "control", "contaminated"
    ).iter_rows():
        yield Warned(
            f"contaminated {campaign}",
            f"campaign {name}: {mailed:,} of {control:,} held out were mailed anyway, so it looks weaker than it was; "
            "ask the mail house which list it used: response.contamination.",
        )


def find_old_orders(newest: pl.DataFrame, settings: NoticeSettings) -> Iterator[Warned]:
    """The newest order is more than notices.old_days before the as-of date.

    Args:
        newest: one row, `as_of_date`, `newest_order` and `running`, the campaigns whose response window is open.
    """
    as_of, last, running = newest.select("as_of_date", "newest_order", "running").row(0)
    if last is None or as_of - last <= dt.timedelta(settings.old_days):
        return
    credit = f"; {running:,} campaigns whose window is open are credited too little" if running else ""
    yield Warned(
        "old orders",
        f"orders end on {last}, {(as_of - last).days:,} days before {as_of}{credit}. "
        "See why the source brings no newer ones.",
    )


WARNINGS = (
    Kind("warn_rejected", find_rejected, ("run_id",)),
    Kind("report_drift", find_drift, ("as_of_date",)),
    Kind("report_sample_ratio", find_failed_ratios),
    Kind("report_contamination", find_contaminated),
    Kind("warn_old_orders", find_old_orders, ("as_of_date",)),
)
