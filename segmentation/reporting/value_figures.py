"""What the page shows of customer value, the portfolio and the contact centre."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import BLUE, GREY, ORANGE, Picture
from segmentation.reporting.foresight_charts import draw_calibration
from segmentation.reporting.numbers import MISSING, Shown, Writer, count, exact_money, percent, rounded_money, show
from segmentation.reporting.segment_charts import draw_segment_bars
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
    methods: pl.DataFrame, notes: pl.DataFrame, check: pl.DataFrame, portfolio: pl.DataFrame, currency: str
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
        "forecasts": [_describe_forecast(row, currency) for row in methods.iter_rows(named=True)],
        "check": _describe_check(check.filter(pl.col("bin") == ALL), currency),
        "calibration": _picture_calibration(check.filter(pl.col("measure") == "orders", pl.col("bin") != ALL)),
        "portfolio": _picture_portfolio(groups.filter(pl.col("customers") > 0)),
        "groups": [_describe_group(row, currency) for row in groups.iter_rows(named=True)],
        "saving": explain_saving(portfolio, currency),
        "notes": [f"{count(row['customers'])} customers: {row['note']}" for row in notes.iter_rows(named=True)],
    }


def _describe_forecast(row: Row, currency: str) -> dict[str, str]:
    margin = row["expected_margin"]
    return {
        "customers": count(row["customers"]),
        "orders": count(row["expected_orders"]),
        "margin": "" if margin is None else rounded_money(currency, margin)(margin),
        "method": row["method"],
    }


def _describe_check(overall: pl.DataFrame, currency: str) -> dict[str, Any] | None:
    """What the models would have said of the days held back; a column for each measure."""
    if overall.is_empty():
        return None
    dates = overall.row(0, named=True)
    writers: dict[str, tuple[Writer, Writer]] = {
        "orders": (count, "{:,.2f}".format),
        "margin": (rounded_money(currency), exact_money(currency)),
    }
    rows = [(row, *writers[row["measure"]]) for row in overall.iter_rows(named=True)]
    return {
        "calibrated_to": dates["calibrated_to"],
        "days": (dates["as_of_date"] - dates["calibrated_to"]).days,
        "measures": [row["measure"] for row, _, _ in rows],
        "sums": {name: [show(row[name], sums, reason=row["note"]) for row, sums, _ in rows] for name in SUMS},
        "errors": {name: [show(row[name], errors, reason=row["note"]) for row, _, errors in rows] for name in ERRORS},
    }


def _picture_calibration(bins: pl.DataFrame) -> Picture | None:
    if bins.is_empty():
        return None
    means = bins.select(
        pl.col("bin"), expected=pl.col("expected") / pl.col("customers"), came=pl.col("actual") / pl.col("customers")
    )
    bars = pl.concat(
        means.select(
            pl.col("bin"), pl.lit(kind).alias("kind"), pl.col(kind).alias("orders"), pl.lit(colour).alias("colour")
        )
        for kind, colour in (("expected", GREY), ("came", BLUE))
    )
    alt = (
        "Days with an order per customer, by tenth of the customers from the fewest expected to the most: "
        + "; ".join(
            f"{number}: {expected:,.2f} expected, {came:,.2f} came" for number, expected, came in means.iter_rows()
        )
    )
    return Picture(draw_calibration(bars), alt)


def _picture_portfolio(portfolio: pl.DataFrame) -> Picture | None:
    """Shares of what is known of every group; nothing where there are no groups."""
    if portfolio.is_empty():
        return None
    known = [
        (name, colour) for name, colour in PARTS if portfolio[name].null_count() == 0 and portfolio[name].sum() > 0
    ]
    bars = pl.concat(
        portfolio.select(
            pl.col("portfolio").alias("segment"),
            pl.lit(name).alias("kind"),
            (pl.col(name) / pl.sum(name)).alias("share"),
            pl.lit(colour).alias("colour"),
        )
        for name, colour in known
    ).with_columns(share_text=pl.col("share").map_elements(percent, return_dtype=pl.String))
    alt = "Shares by portfolio: " + "; ".join(
        f"{row['segment']}, {row['kind'].replace('_', ' ')} {row['share_text']}" for row in bars.iter_rows(named=True)
    )
    return Picture(draw_segment_bars(bars), alt)


def _describe_group(row: Row, currency: str) -> dict[str, Any]:
    return {
        "name": row["portfolio"],
        "customers": count(row["customers"]),
        "share": MISSING if row["share"] is None else percent(row["share"]),
        "advice": ADVICE[row["portfolio"]],
        **{figure: _show_money(row, figure, currency) for figure in FIGURES},
    }


def _show_money(row: Row, figure: str, currency: str) -> Shown:
    return show(row[figure], rounded_money(currency, row[figure]), reason=row["note"])


def explain_saving(portfolio: pl.DataFrame, currency: str) -> str | None:
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
    write = rounded_money(currency, saving, service, margin)
    asking = f" Their requests have cost {write(service)} in that time." if service else ""
    return (
        f"No longer mailing the {count(row['customers'])} customers to let go saves {write(saving)} a year: what "
        f"mailing them has cost in the last 365 days.{asking} At most the margin expected of them in the next 12 "
        f"months goes with it, {write(margin)}."
    )


def describe_service(reasons: pl.DataFrame, segments: pl.DataFrame, currency: str) -> dict[str, Any]:
    """The requests to the contact centre by reason and by segment.

    Args:
        reasons: rows of sql/report_service_reasons.sql.
        segments: rows of sql/report_service_by_segment.sql.
    """
    if reasons.is_empty():
        return {"reasons": []}
    return {
        "reasons": [_describe_requests(row, currency) | {"name": row["reason"]} for row in reasons.to_dicts()],
        "segments": [
            _describe_requests(row, currency)
            | {
                "name": row["segment"],
                "asking": f"{count(row['customers_asking'])} of {count(row['customers'])}",
                "share": percent(row["requests"] / int(reasons["requests"].sum())),
            }
            for row in segments.to_dicts()
        ],
        "self_service": explain_self_service(reasons, currency),
    }


def _describe_requests(row: Row, currency: str) -> dict[str, Any]:
    return {
        "requests": count(row["requests"]),
        "share": percent(row["share"]) if "share" in row else "",
        "minutes": show(row["minutes"], count, reason=row["note"]),
        "cost": _show_money(row, "cost", currency),
        "self_service": row.get("self_service"),
    }


def explain_self_service(reasons: pl.DataFrame, currency: str) -> str:
    """How much could be answered without staff."""
    without = reasons.filter("self_service")
    asked, requests = int(reasons["requests"].sum()), int(without["requests"].sum())
    if without.is_empty():
        return (
            "None of the reasons is said to need no staff; name those that do not as value.self_service_reasons in the "
            "settings."
        )
    cost = None if without["cost"].null_count() else float(without["cost"].sum())
    worth = f"; they have cost {rounded_money(currency, cost)(cost)}" if cost is not None else ""
    return f"{percent(requests / asked)} of the requests ({count(requests)}) could be answered without staff{worth}."
