"""Learn from the earlier mailings of a channel, and foresee the customers of the next."""

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from threadpoolctl import threadpool_limits

from segmentation.contract.inputs import CUSTOMERS
from segmentation.contract.prediction import CALIBRATION, MODEL_CURVES, MODELS
from segmentation.prediction.card import describe_curves, describe_models
from segmentation.prediction.foresight import FORESIGHT_SCHEMA
from segmentation.prediction.learning import NUMBERS, Learnt, ResponseModel, UpliftModel, learn
from segmentation.settings import CampaignSettings
from segmentation.warehouse.connection import Connection, execute, fetch, kept, read_sql
from segmentation.warehouse.schema import replace_rows, stored_columns

log = logging.getLogger(__name__)

MOST_CAMPAIGNS = 12  # the latest of the channel
MOST_ROWS = 500_000  # customers trained on
BATCH = 1_000_000  # customers that are scored at a time


# Small fits lose more by waiting for each other than they gain, and one thread adds up in one order.
@threadpool_limits.wrap(limits=1)  # type: ignore[untyped-decorator]
def foresee_customers(
    connection: Connection, as_of: dt.date, channel: str, settings: CampaignSettings, *, unit_cost: float, seed: int
) -> pl.DataFrame:
    """What models learnt from the campaigns of a channel say of each customer, and the models' tables of `as_of`.

    Trained on campaigns whose windows have closed by `as_of`, with features as known on the eve of each mailing.

    Args:
        unit_cost: of a piece of the mailing planned, for the profit curve.
        seed: of samples, folds and resamples.

    Returns: FORESIGHT_SCHEMA, one row per customer with a purchase by `as_of`; no row where nothing was learnt.
    """
    attributes = _attributes(connection, as_of)
    days = settings.response_window_days
    learnt = learn(_training_rows(connection, as_of, channel, attributes, days, seed), attributes, seed=seed)
    _publish(connection, as_of, channel, learnt, settings.margin_rate, unit_cost=unit_cost, seed=seed)
    _tell(learnt)
    if isinstance(learnt.response, str) and isinstance(learnt.uplift, str):
        return pl.DataFrame(schema=FORESIGHT_SCHEMA)
    with _known(connection, as_of, attributes, days, but_campaign_id=""):
        rows = execute(connection, "select count(*) from customer_features")[0][0]
        batches = [
            _foresee(fetch(connection, "scoring_batch", number=number, size=BATCH), learnt)
            for number in range(-(-rows // BATCH))
        ]
    return pl.concat([pl.DataFrame(schema=FORESIGHT_SCHEMA), *batches])


def _attributes(connection: Connection, as_of: dt.date) -> list[str]:
    """Attributes of customers with few values, as segments.attribute_profiles tells of them."""
    there = stored_columns(connection, CUSTOMERS.full_name)
    found = fetch(connection, "model_attributes", as_of_date=as_of)["attribute"]
    return [name for name in found if name in there and name not in NUMBERS]


@contextmanager
def _known(
    connection: Connection, day: dt.date, attributes: list[str], days: int, *, but_campaign_id: str
) -> Iterator[None]:
    """Keep what was known of customers at the end of `day` in DuckDB for a while."""
    known = f"with customers_at as (\n{read_sql('customers_at')}\n)\n{read_sql('known_attributes')}"
    with (
        kept(connection, "customer_features", as_of_date=day, with_unscored=False),
        kept(connection, "customer_engagement", as_of_date=day, days=days, but_campaign_id=but_campaign_id),
        kept(connection, "known_attributes", known, as_of_date=day, names=attributes),
    ):
        yield


def _training_rows(
    connection: Connection, as_of: dt.date, channel: str, attributes: list[str], days: int, seed: int
) -> pl.DataFrame:
    campaigns = fetch(
        connection,
        "training_campaigns",
        as_of_date=as_of,
        channel=channel,
        response_window_days=days,
        most=MOST_CAMPAIGNS,
    )
    parts = []
    for campaign in campaigns.sort("campaign_id").iter_rows(named=True):
        name, eve = campaign["campaign_id"], campaign["starts_on"] - dt.timedelta(days=1)
        with _known(connection, eve, attributes, days, but_campaign_id=name):
            rows = fetch(
                connection,
                "training_rows",
                campaign_id=name,
                starts_on=campaign["starts_on"],
                ends_on=campaign["ends_on"],
                seed=str(seed),
                most=MOST_ROWS // campaigns.height,
            )
        parts.append(rows)
    return pl.concat(parts) if parts else pl.DataFrame()


def _publish(
    connection: Connection,
    as_of: dt.date,
    channel: str,
    learnt: Learnt,
    margin_rate: float | None,
    *,
    unit_cost: float,
    seed: int,
) -> None:
    models = (learnt.response, learnt.uplift)
    curves = [describe_curves(model, margin_rate=margin_rate, unit_cost=unit_cost, seed=seed) for model in models]
    found = {MODELS: describe_models(learnt), MODEL_CURVES: pl.concat(curves)}
    if isinstance(learnt.response, ResponseModel):
        found[CALIBRATION] = learnt.response.calibration
    for table in (MODELS, MODEL_CURVES, CALIBRATION):
        rows = found.get(table, pl.DataFrame(schema={"tenth": pl.Int32}))
        dated = rows.with_columns(as_of_date=pl.lit(as_of), channel=pl.lit(channel))
        replace_rows(connection, table, dated, as_of_date=as_of, channel=channel)


def _tell(learnt: Learnt) -> None:
    for kind, model in (("response", learnt.response), ("uplift", learnt.uplift)):
        if isinstance(model, str):
            log.info("no %s model: %s", kind, model)
        else:
            log.info("%s model: %s; %s", kind, model.choice.chosen.candidate.name, model.choice.reason)


def _foresee(customers: pl.DataFrame, learnt: Learnt) -> pl.DataFrame:
    """Rows of FORESIGHT_SCHEMA of a batch."""
    X, found = learnt.encoding.apply(customers), {"customer_id": customers["customer_id"]}
    if isinstance(learnt.response, ResponseModel):
        found["model_response"] = pl.Series(learnt.response.rate.predict(X))
        if learnt.response.value is not None:
            found["model_value"] = pl.Series(learnt.response.value.predict(X))
    if isinstance(learnt.uplift, UpliftModel):
        found["model_uplift"] = pl.Series(learnt.uplift.money.of(learnt.uplift.rank(X)))
    nothing = {name: pl.lit(None, dtype=pl.Float64) for name in FORESIGHT_SCHEMA if name not in found}
    return pl.DataFrame(found).with_columns(**nothing).select(*FORESIGHT_SCHEMA)
