"""What the page shows of customer value, the portfolio and the contact centre."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, GREY, ORANGE, Picture
from segmentation.reporting.foresight_charts import draw_calibration
from segmentation.reporting.numbers import MISSING, Shown, Writer
from segmentation.reporting.segment_charts import draw_segment_bars
from segmentation.reporting.words import Words
from segmentation.value.holdback import ALL
from segmentation.value.rules import ADVICE, GROUPS

Row = dict[str, Any]

SUMS, ERRORS = ("expected", "actual", "last_year"), ("model_rmse", "last_year_rmse")
PARTS = (("customers", GREY), ("contact_cost_last_year", ORANGE), ("expected_margin", BLUE))
FIGURES = (
    "margin_to_date",
    "contact_cost_to_date",
    "service_cost_to_date",
    "profit_to_date",
    "contact_cost_last_year",
    "expected_margin",
)


def describe_value(
    methods: pl.DataFrame, notes: pl.DataFrame, check: pl.DataFrame, portfolio: pl.DataFrame, words: Words
) -> dict[str, Any]:
    """The forecast of the next 12 months, its check, and the portfolio.

    Args:
        methods: rows of sql/report_value.sql.
        notes: rows of sql/report_value_notes.sql.
        check: rows of sql/report_value_check.sql.
        portfolio: rows of sql/report_portfolio.sql.
    """
    groups = portfolio.sort(pl.col("portfolio").cast(pl.Enum(GROUPS)))
    return {
        "forecasts": [_describe_forecast(row, words) for row in methods.iter_rows(named=True)],
        "check": _describe_check(check.filter(pl.col("bin") == ALL), words),
        "calibration": _picture_calibration(check.filter(pl.col("measure") == "orders", pl.col("bin") != ALL), words),
        "portfolio": _picture_portfolio(groups.filter(pl.col("customers") > 0), words),
        "groups": [_describe_group(row, words) for row in groups.iter_rows(named=True)],
        "saving": explain_saving(portfolio, words),
        "notes": [_count_noted(row, words) for row in notes.iter_rows(named=True)],
    }


def _count_noted(row: Row, words: Words) -> str:
    return words.plural(
        "%(number)s customer: %(note)s",
        "%(number)s customers: %(note)s",
        row["customers"],
        note=words.stored(row["note"]),
    )


def _describe_forecast(row: Row, words: Words) -> dict[str, str]:
    margin = row["expected_margin"]
    return {
        "customers": words.count(row["customers"]),
        "orders": words.count(row["expected_orders"]),
        "margin": "" if margin is None else words.rounded_money(margin)(margin),
        "method": words.stored(row["method"]),
    }


def _describe_check(overall: pl.DataFrame, words: Words) -> dict[str, Any] | None:
    """What the models would have said of the days held back; a column for each measure."""
    if overall.is_empty():
        return None
    dates = overall.row(0, named=True)
    writers: dict[str, tuple[Writer, Writer]] = {
        "orders": (words.count, lambda orders: words.decimal(orders, 2)),
        "margin": (words.rounded_money(), words.exact_money),
    }
    rows = [(row, *writers[row["measure"]]) for row in overall.iter_rows(named=True)]
    return {
        "calibrated_to": words.date(dates["calibrated_to"]),
        "days": (dates["as_of_date"] - dates["calibrated_to"]).days,
        "measures": [row["measure"] for row, _, _ in rows],
        "sums": {name: [words.show(row[name], sums, reason=row["note"]) for row, sums, _ in rows] for name in SUMS},
        "errors": {
            name: [words.show(row[name], errors, reason=row["note"]) for row, _, errors in rows] for name in ERRORS
        },
    }


def _picture_calibration(bins: pl.DataFrame, words: Words) -> Picture | None:
    if bins.is_empty():
        return None
    means = bins.select(
        pl.col("bin"), expected=pl.col("expected") / pl.col("customers"), came=pl.col("actual") / pl.col("customers")
    )
    bars = pl.concat(
        means.select(
            pl.col("bin"),
            pl.lit(words(kind)).alias("kind"),
            pl.col(kind).alias("orders"),
            pl.lit(colour).alias("colour"),
        )
        for kind, colour in ((to_say("expected"), GREY), (to_say("came"), BLUE))
    )
    told = "; ".join(
        words(
            "%(bin)s: %(expected)s expected, %(came)s came",
            bin=number,
            expected=words.decimal(expected, 2),
            came=words.decimal(came, 2),
        )
        for number, expected, came in means.iter_rows()
    )
    alt = words(
        "Days with an order per customer, by tenth of the customers from the fewest expected to the most: %(told)s",
        told=told,
    )
    return Picture(
        draw_calibration(
            bars,
            words,
            unit=words("Days with an order per customer"),
            bins=words("Tenths of the customers, fewest orders expected to most"),
        ),
        alt,
    )


def _picture_portfolio(portfolio: pl.DataFrame, words: Words) -> Picture | None:
    """Shares of what is known of every group; nothing where there are no groups."""
    if portfolio.is_empty():
        return None
    known = [
        (name, colour) for name, colour in PARTS if portfolio[name].null_count() == 0 and portfolio[name].sum() > 0
    ]
    bars = pl.concat(
        portfolio.select(
            pl.col("portfolio").map_elements(words.stored, return_dtype=pl.String).alias("segment"),
            pl.lit(name).alias("kind"),
            (pl.col(name) / pl.sum(name)).alias("share"),
            pl.lit(colour).alias("colour"),
        )
        for name, colour in known
    ).with_columns(share_text=pl.col("share").map_elements(words.percent, return_dtype=pl.String))
    told = "; ".join(
        f"{row['segment']}, {words.name(row['kind'])} {row['share_text']}" for row in bars.iter_rows(named=True)
    )
    return Picture(draw_segment_bars(bars, words), words("Shares by portfolio: %(told)s", told=told))


def _describe_group(row: Row, words: Words) -> dict[str, Any]:
    return {
        "name": words.stored(row["portfolio"]),
        "customers": words.count(row["customers"]),
        "share": MISSING if row["share"] is None else words.percent(row["share"]),
        "advice": words.stored(ADVICE[row["portfolio"]]),
        **{figure: _show_money(row, figure, words) for figure in FIGURES},
    }


def _show_money(row: Row, figure: str, words: Words) -> Shown:
    return words.show(row[figure], words.rounded_money(row[figure]), reason=row["note"])


def explain_saving(portfolio: pl.DataFrame, words: Words) -> str | None:
    """What no longer mailing the customers to let go saves and may cost; None if nobody is, or money is not known."""
    let_go = portfolio.filter(
        pl.col("portfolio") == "let go",
        pl.col("customers") > 0,
        pl.col("contact_cost_last_year").is_not_null(),
        pl.col("expected_margin").is_not_null(),
    )
    if let_go.is_empty():
        return None
    row = let_go.row(0, named=True)
    saving, service, margin = (
        row[name] for name in ("contact_cost_last_year", "service_cost_last_year", "expected_margin")
    )
    write = words.rounded_money(saving, service, margin)
    told = [
        words(
            "No longer mailing the %(customers)s customers to let go saves %(saving)s a year: what mailing them has "
            "cost in the last 365 days.",
            customers=words.count(row["customers"]),
            saving=write(saving),
        )
    ]
    if service:
        told.append(words("Their requests have cost %(cost)s in that time.", cost=write(service)))
    told.append(
        words(
            "At most the margin expected of them in the next 12 months goes with it, %(margin)s.", margin=write(margin)
        )
    )
    return " ".join(told)


def describe_service(reasons: pl.DataFrame, segments: pl.DataFrame, words: Words) -> dict[str, Any]:
    """The requests to the contact centre by reason and by segment.

    Args:
        reasons: rows of sql/report_service_reasons.sql.
        segments: rows of sql/report_service_by_segment.sql.
    """
    if reasons.is_empty():
        return {"reasons": []}
    return {
        "reasons": [
            _describe_requests(row, words) | {"name": words.stored(row["reason"])} for row in reasons.to_dicts()
        ],
        "segments": [
            _describe_requests(row, words)
            | {
                "name": words.stored(row["segment"]),
                "asking": words(
                    "%(asking)s of %(customers)s",
                    asking=words.count(row["customers_asking"]),
                    customers=words.count(row["customers"]),
                ),
                "share": words.percent(row["requests"] / int(reasons["requests"].sum())),
            }
            for row in segments.to_dicts()
        ],
        "self_service": explain_self_service(reasons, words),
    }


def _describe_requests(row: Row, words: Words) -> dict[str, Any]:
    return {
        "requests": words.count(row["requests"]),
        "share": words.percent(row["share"]) if "share" in row else "",
        "minutes": words.show(row["minutes"], words.count, reason=row["note"]),
        "cost": _show_money(row, "cost", words),
        "self_service": row.get("self_service"),
    }


def explain_self_service(reasons: pl.DataFrame, words: Words) -> str:
    """How much could be answered without staff."""
    without = reasons.filter("self_service")
    asked, requests = int(reasons["requests"].sum()), int(without["requests"].sum())
    if without.is_empty():
        return words(
            "None of the reasons is said to need no staff; name those that do not as value.self_service_reasons in the "
            "settings."
        )
    said = {"share": words.percent(requests / asked), "requests": words.count(requests)}
    if without["cost"].null_count():
        return words("%(share)s of the requests (%(requests)s) could be answered without staff.", **said)
    cost = float(without["cost"].sum())
    return words(
        "%(share)s of the requests (%(requests)s) could be answered without staff; they have cost %(cost)s.",
        **said,
        cost=words.rounded_money(cost)(cost),
    )
