"""What the page shows of whether the programme pays."""

from dataclasses import replace
from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_payback
from segmentation.reporting.charts import BLUE, VERMILION, Picture
from segmentation.reporting.glance import Answer, Fact, show_estimate
from segmentation.reporting.numbers import Shown, Writer, count, exact_money, percent, rounded_money, show

Row = dict[str, Any]

TABLE = "response.programme"
COLOURS = {"randomised": BLUE, "observational": VERMILION}
ESTIMATES = ("incremental_margin", "earlier_margin", "net", "cumulative_net")
PRACTICES = {
    None: "no mailing at all",
    "mail all": "mailing everybody who could be mailed",
    "as last year": "the mailings of the year before, repeated",
}
PAID_BACK = "Paid back in"
UNTOLD = "Whether the programme as a whole pays cannot be told; the reasons are below."
UNPROVEN = "Whether the programme as a whole pays is not proven, since no mailing with a hold-out could be counted."
NO_PROGRAMME = (
    "No programme to weigh: give its costs (the table costs, or [programme] in the settings) and the day it begins "
    "(programme.starts_on)."
)


def add_programme(answer: Answer, programme: pl.DataFrame, currency: str) -> Answer:
    """The answer to whether it pays with what the programme as a whole has come to, by mailings with a hold-out.

    Nothing is added where there is no programme; where mailings have no hold-out, only that nothing is proven.

    Args:
        programme: rows of sql/report_programme.sql.
    """
    if programme.is_empty():
        return answer
    row = _surest(programme)
    if row["net"] is None:
        return replace(answer, notes=(*answer.notes, UNTOLD))
    if row["basis"] == "observational":
        return replace(answer, notes=(*answer.notes, UNPROVEN))
    facts = (
        Fact("Programme to date", f"{TABLE}.net", show_estimate(row, "net", currency, None)),
        Fact(PAID_BACK, f"{TABLE}.payback_month", _show_payback(row)),
    )
    verdict = " ".join(filter(None, (answer.verdict, f"The programme: {_judge(row, currency)}")))
    return replace(answer, verdict=verdict, facts=(*facts, *answer.facts))


def describe_payback(months: pl.DataFrame, programme: pl.DataFrame, currency: str) -> dict[str, Any]:
    """Each basis with its verdict, picture, months and what would have to be true; the randomised first.

    Args:
        months: rows of sql/report_payback.sql.
        programme: rows of sql/report_programme.sql.
    """
    return {
        "missing": NO_PROGRAMME if programme.is_empty() else "",
        "bases": [
            _describe_basis(row, months.filter(pl.col("basis") == row["basis"]), currency)
            for row in programme.iter_rows(named=True)
        ],
    }


def _surest(programme: pl.DataFrame) -> Row:
    """The randomised row if anything can be told of it, else the last."""
    rows = list(programme.iter_rows(named=True))
    return next((row for row in rows if row["net"] is not None), rows[-1])


def _describe_basis(row: Row, months: pl.DataFrame, currency: str) -> dict[str, Any]:
    return {
        "basis": row["basis"],
        "since": row["starts_on"],
        "compared_with": PRACTICES[row["earlier_practice"]],
        "has_practice": row["earlier_practice"] is not None,
        "verdict": _judge(row, currency),
        "facts": _list_facts(row, currency),
        "conditions": list_conditions(row, currency),
        "picture": _picture(months, row, currency) if row["net"] is not None else None,
        "months": []
        if row["net"] is None
        else [_describe_month(month, currency) for month in months.reverse().iter_rows(named=True)],
        "reasons": row["note"].split("; ") if row["note"] else [],
    }


def _judge(row: Row, currency: str) -> str:
    low, high = row["net_present_value_ci_low"], row["net_present_value_ci_high"]
    if low is None:
        return "whether it pays cannot be told."
    write = rounded_money(currency, low, high)
    if row["pays"] == "yes":
        return f"it pays: a present value of at least {write(low)} at the lower end of the interval."
    if row["pays"] == "no":
        return f"it does not pay: a present value of at most {write(high)} at the better end of the interval."
    told = f"not proven: the interval of its present value is {write(low)} to {write(high)}"
    if low <= 0 <= high:
        return f"{told}."
    why = "the mailings had no hold-out" if row["basis"] == "observational" else "not all mailings can be counted"
    return f"{told}, but {why}."


def _show_payback(row: Row) -> Shown:
    share = f"in {percent(row['payback_share'])} of simulations"
    if row["payback_month"] is None:
        return Shown("not yet", share)
    return Shown(row["payback_month"], share)


def _list_facts(row: Row, currency: str) -> list[Fact]:
    """Nothing where what is left cannot be told."""
    if row["net"] is None:
        return []
    value = f"Present value at {percent(row['discount_rate'])} a year"
    return [
        Fact("Months", f"{TABLE}.months", show(row["months"], count)),
        Fact("Mailings counted", f"{TABLE}.campaigns", show(row["campaigns"], count)),
        Fact("Cost of the programme", f"{TABLE}.cost", show(row["cost"], exact_money(currency))),
        Fact("Left to date", f"{TABLE}.net", show_estimate(row, "net", currency, None)),
        Fact(value, f"{TABLE}.net_present_value", show_estimate(row, "net_present_value", currency, None)),
        Fact(PAID_BACK, f"{TABLE}.payback_month", _show_payback(row)),
    ]


def list_conditions(row: Row, currency: str) -> list[str]:
    """What would have to be true for the programme to break even, in sentences; none where it cannot be told."""
    sentences = []
    if row["break_even_cost"] is not None:
        at, low, high = (row[f"break_even_cost{end}"] for end in ("", "_ci_low", "_ci_high"))
        write = rounded_money(currency, at, low, high)
        costs = "" if row["cost"] is None else f"; it cost {exact_money(currency)(row['cost'])}"
        if at > 0:
            sentences.append(f"It may have cost {write(at)} ({write(low)} to {write(high)}) to date{costs}.")
        else:
            sentences.append(
                f"At no cost would it have paid: before its cost it is {write(at)} ({write(low)} to {write(high)})."
            )
    if (needed := row["break_even_margin_per_piece"]) is not None:
        sentences.append(_say_margin_needed(row, needed, exact_money(currency)))
    if (response := row["break_even_response"]) is not None:
        order = exact_money(currency)(row["margin_per_order"])
        sentences.append(
            f"At a margin of {order} an order, {percent(response)} of the pieces would have to bring an order that "
            "would not have come anyway."
        )
    return sentences


def _say_margin_needed(row: Row, needed: float, write: Writer) -> str:
    if row["earlier_practice"] == "mail all":
        return f"A piece that was not sent would have brought no more than {write(needed)}."
    measured = row["margin_per_piece"]
    low, high = row["margin_per_piece_ci_low"], row["margin_per_piece_ci_high"]
    brought = f"it brought {write(measured)} ({write(low)} to {write(high)})"
    return f"A piece mailed would have to bring {write(needed)} of margin that would not have come anyway; {brought}."


def _picture(months: pl.DataFrame, row: Row, currency: str) -> Picture:
    frame = months.select(
        "month",
        value="cumulative_net",
        low="cumulative_net_ci_low",
        high="cumulative_net_ci_high",
        is_payback=pl.col("month") == pl.lit(row["payback_month"]),
    ).with_columns(pl.col("is_payback").fill_null(False))
    last = months.row(-1, named=True)
    shown = show_estimate(last, "cumulative_net", currency, None)
    paid = f"paid back in {row['payback_month']}" if row["payback_month"] else "not paid back yet"
    alt = (
        f"What is left of all months to each month, {months['month'][0]} to {last['month']}; in the last {shown.text} "
        f"({shown.interval}); {paid}."
    )
    return Picture(draw_payback(frame, unit=currency or "Money", colour=COLOURS[row["basis"]]), alt)


def _describe_month(row: Row, currency: str) -> dict[str, Any]:
    note = row["note"]
    money = exact_money(currency)
    return {
        "month": row["month"],
        "campaigns": count(row["campaigns"]),
        "cost": show(row["cost"], money, reason=note),
        "mailing_cost": show(row["mailing_cost"], money, reason=note),
        "saved_mailing_cost": show(row["saved_mailing_cost"], money, reason=note),
        **{name: _show_uncertain(row, name, currency, note) for name in ESTIMATES},
        "payback_reached": row["payback_reached"] if row["cumulative_net"] is not None else "cannot be told",
    }


def _show_uncertain(row: Row, name: str, currency: str, note: str | None) -> Shown:
    """An estimate, without the interval where it is certain, as in months without a mailing."""
    shown = show_estimate(row, name, currency, note)
    return replace(shown, interval="") if row[f"{name}_ci_low"] == row[f"{name}_ci_high"] else shown
