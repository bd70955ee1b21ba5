"""Find the best offers: from order lines into targeting.best_offers and targeting.offer_models."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.contract.offers import BEST_OFFERS, OFFER_MODELS
from segmentation.offers.check import FIGURES, first_hits, judge_ways
from segmentation.offers.taste import (
    ANY,
    NEW,
    POPULARITY,
    TASKS,
    Customers,
    Matrix,
    Taste,
    bought_together,
    popular_shares,
    prior_strength,
)
from segmentation.offers.words import best_offers, explain_offers
from segmentation.segments.stage import segments_at
from segmentation.settings import OfferSettings, RfmSettings
from segmentation.warehouse.connection import Connection, ask, execute, fetch, frames, kept
from segmentation.warehouse.schema import append_rows, clear, replace_rows

CELLS = 4_000_000  # of a matrix of customers x items: so many customers are taken at a time
MOST_CHECKED = 100_000  # customers of the check
NO_LINES = "the source has no order_lines known by then, so there is nothing to offer"
NO_DAYS = "nothing was bought before the days held back, so nothing can beat popularity"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Shop:
    """What is known at a date, kept in DuckDB for a while.

    Attributes:
        batches: numbers of customers, from and to.
    """

    taste: Taste
    customers: int

    @property
    def batches(self) -> Iterator[tuple[int, int]]:
        """First number and the number after the last, of customers taken together."""
        size = max(CELLS // len(self.taste.items), 1)
        for first in range(0, self.customers, size):
            yield first, min(first + size, self.customers)


# One thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def find_offers(
    connection: Connection, as_of: dt.date, settings: OfferSettings, rfm: RfmSettings, *, seed: int
) -> None:
    """Write targeting.offer_models and, in the way that won, targeting.best_offers; neither without order lines.

    Args:
        seed: of the bootstrap.
    """
    for table in (BEST_OFFERS, OFFER_MODELS):
        clear(connection, table)
    lines = "select count(category) from crm.order_lines"
    seen: dict[str, Any] = {
        "by_product": execute(connection, lines)[0][0] == 0,
        "half_life_days": settings.half_life_days,
        "leave_out": list(settings.leave_out),
    }
    judged = _check_ways(connection, as_of, settings, rfm, seen, seed=seed)
    with _shop(connection, as_of, settings, rfm, seen) as shop:
        if shop is None:
            log.info("no offers: %s", NO_LINES)
            return
        task = NEW if settings.new_only else ANY
        replace_rows(connection, OFFER_MODELS, judged.with_columns(offered=pl.col("task") == task))
        method = judged.row(by_predicate=(pl.col("task") == task) & pl.col("chosen"), named=True)["method"]
        for first, end in shop.batches:
            _write_offers(connection, as_of, shop.taste, method, task, first, end)
    log.info("offers by %s, of %s categories", method, f"{len(shop.taste.items):,}")


def _check_ways(
    connection: Connection,
    as_of: dt.date,
    settings: OfferSettings,
    rfm: RfmSettings,
    seen: dict[str, Any],
    *,
    seed: int,
) -> pl.DataFrame:
    """Rows of targeting.offer_models: what each way, knowing nothing of the last days, would have hit in them."""
    calibrated_to = as_of - dt.timedelta(days=settings.check_days)
    customers = execute(connection, "select count(*) from segments.rfm")[0][0]
    one_in = -(-customers // MOST_CHECKED) or 1
    about = {"as_of_date": pl.lit(as_of), "calibrated_to": pl.lit(calibrated_to)}
    with _shop(connection, calibrated_to, settings, rfm, seen, one_in=one_in, buyers_only=True) as shop:
        if shop is None:
            return pl.DataFrame(
                [
                    {"task": task, "method": method, "customers": 0, "chosen": method == POPULARITY, "note": NO_DAYS}
                    for task, methods in TASKS.items()
                    for method in methods
                ]
            ).with_columns(**about)
        found: dict[str, list[tuple[pl.DataFrame, pl.DataFrame]]] = {task: [] for task in TASKS}
        arrivals = {name: seen[name] for name in ("by_product", "leave_out")}
        with kept(connection, "offer_arrivals", as_of_date=as_of, calibrated_to=calibrated_to, **arrivals):
            for first, end in shop.batches:
                customers_now, _ = _read_customers(connection, shop.taste, first, end)
                later, bought = _read_arrivals(connection, shop.taste, first, end)
                for task, hits in found.items():
                    hits.append(first_hits(task, customers_now, shop.taste, later, bought))
    judged = [
        judge_ways(task, [hit for hit, _ in hits], [loss for _, loss in hits], seed=seed).with_columns(
            task=pl.lit(task)
        )
        for task, hits in found.items()
    ]
    rows = pl.concat(judged, how="diagonal_relaxed").with_columns(**about)
    best = rows.filter(pl.col("task") == ANY, "chosen").row(0, named=True)
    if best.get(FIGURES[0]) is not None:
        log.info("offers of %s: %s hits %.1f %% at first", calibrated_to, best["method"], 100 * best[FIGURES[0]])
    return rows


@contextmanager
def _shop(
    connection: Connection,
    as_of: dt.date,
    settings: OfferSettings,
    rfm: RfmSettings,
    seen: dict[str, Any],
    *,
    one_in: int = 1,
    buyers_only: bool = False,
) -> Iterator[Shop | None]:
    """Keep what is known at the end of `as_of`; None where nothing has been bought."""
    with (
        kept(connection, "bought_items", as_of_date=as_of, one_in=one_in, **seen),
        segments_at(connection, as_of, rfm),
        kept(connection, "offer_customers", buyers_only=buyers_only),
    ):
        items = fetch(connection, "offer_items", most_items=settings.most_items)["item"]
        places = pl.DataFrame({"item": items, "place": range(len(items))}, schema_overrides={"place": pl.Int64})
        with frames(connection, item_places=places), kept(connection, "offer_purchases"):
            weights = fetch(connection, "offer_weights")
            yield _learn(connection, weights, tuple(items)) if weights.height else None


def _learn(connection: Connection, weights: pl.DataFrame, items: tuple[str, ...]) -> Shop:
    found = ask(connection, "select distinct segment from offer_customers order by segment")["segment"]
    segments = tuple(found)
    customers = execute(connection, "select count(*) from offer_customers")[0][0]
    overall, shares = popular_shares(weights, segments, len(items))
    spread = fetch(connection, "offer_spread").row(0, named=True)
    nothing = np.zeros((len(items), len(items)))
    unpaired = Shop(
        Taste(items, segments, overall, shares, prior_strength(overall, **spread), nothing, nothing[0]), int(customers)
    )
    pairs = nothing.copy()
    for first, end in unpaired.batches:
        has_bought = (_read_customers(connection, unpaired.taste, first, end)[0].weights > 0).astype(np.float64)
        pairs += has_bought.T @ has_bought
    taste = replace(
        unpaired.taste,
        together=bought_together(pairs, spread["customers"]),
        buyers=np.diag(pairs) / max(spread["customers"], 1),
    )
    return Shop(taste, unpaired.customers)


def _read_customers(connection: Connection, taste: Taste, first: int, end: int) -> tuple[Customers, pl.DataFrame]:
    """Customers of these numbers, and their rows of offer_customers."""
    between = "where number >= $first and number < $end order by number"
    who = ask(connection, f"from offer_customers {between}", first=first, end=end)
    bought = ask(connection, f"select number, place, weight from offer_purchases {between}", first=first, end=end)
    place = pl.Series(taste.segments, dtype=pl.String)
    segment = who["segment"].replace_strict(place, pl.int_range(len(place), eager=True), return_dtype=pl.Int64)
    weights = _fill(bought, "weight", end - first, len(taste.items), first)
    return Customers(segment.to_numpy(), weights), who


def _read_arrivals(connection: Connection, taste: Taste, first: int, end: int) -> tuple[Matrix, pl.Series]:
    between = "from offer_arrivals where number >= $first and number < $end"
    rows = ask(connection, between, first=first, end=end)
    later = _fill(rows.drop_nulls("place"), "days_bought", end - first, len(taste.items), first)
    bought = pl.int_range(first, end, eager=True).is_in(rows["number"].unique().to_list())
    return later, bought


def _fill(rows: pl.DataFrame, column: str, customers: int, items: int, first: int) -> Matrix:
    matrix = np.zeros((customers, items))
    matrix[rows["number"].to_numpy() - first, rows["place"].to_numpy()] = rows[column].to_numpy()
    return matrix


def _write_offers(
    connection: Connection, as_of: dt.date, taste: Taste, method: str, task: str, first: int, end: int
) -> None:
    customers, who = _read_customers(connection, taste, first, end)
    bought = ask(
        connection,
        "select * exclude (weight) from offer_purchases where number >= $first and number < $end",
        first=first,
        end=end,
    )
    offers = (
        best_offers(method, task, customers, taste)
        .with_columns(pl.col("number") + first)
        .join(bought, on=["number", "place"], how="left", maintain_order="left")
        .join(who.select("number", "customer_id"), on="number", how="left", maintain_order="left")
    )
    told = explain_offers(offers, method).with_columns(pl.col("days_bought").fill_null(0), as_of_date=pl.lit(as_of))
    append_rows(connection, BEST_OFFERS, told)
