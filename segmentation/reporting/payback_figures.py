"""What the page shows of whether the programme pays."""

from dataclasses import replace
from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_payback
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, VERMILION, Picture
from segmentation.reporting.glance import Answer, Fact, show_estimate
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words

Row = dict[str, Any]

TABLE = "response.programme"
COLOURS = {"randomised": BLUE, "observational": VERMILION}
ESTIMATES = ("incremental_margin", "earlier_margin", "net", "cumulative_net")
PRACTICES = {
    None: to_say("no mailing at all"),
    "mail all": to_say("mailing everybody who could be mailed"),
    "as last year": to_say("the mailings of the year before, repeated"),
}
PAYS = to_say("it pays: a present value of at least %(low)s at the lower end of the interval.")
DOES_NOT_PAY = to_say("it does not pay: a present value of at most %(high)s at the better end of the interval.")
NOT_PROVEN = to_say("not proven: the interval of its present value is %(low)s to %(high)s.")
NO_HOLD_OUT = to_say(
    "not proven: the interval of its present value is %(low)s to %(high)s, but the mailings had no hold-out."
)
NOT_ALL = to_say(
    "not proven: the interval of its present value is %(low)s to %(high)s, but not all mailings can be counted."
)
PAID_BACK = to_say("Paid back in")
UNTOLD = to_say("Whether the programme as a whole pays cannot be told; its page has the reasons.")
UNPROVEN = to_say(
    "Whether the programme as a whole pays is not proven, since no mailing with a hold-out could be counted."
)
NO_PROGRAMME = to_say(
    "No programme to weigh: give its costs (the table costs, or [programme] in the settings) and the day it begins "
    "(programme.starts_on)."
)


def add_programme(answer: Answer, programme: pl.DataFrame, words: Words) -> Answer:
    """The answer to whether it pays with what the programme as a whole has come to, by mailings with a hold-out.

    Nothing is added where there is no programme; where mailings have no hold-out, only that nothing is proven.

    Args:
        programme: rows of sql/report_programme.sql.
    """
    if programme.is_empty():
        return answer
    row = _surest(programme)
    if row["net"] is None:
        return replace(answer, notes=(*answer.notes, words(UNTOLD)))
    if row["basis"] == "observational":
        return replace(answer, notes=(*answer.notes, words(UNPROVEN)))
    facts = (
        Fact(words("Programme to date"), f"{TABLE}.net", show_estimate(row, "net", words, None)),
        Fact(words(PAID_BACK), f"{TABLE}.payback_month", _show_payback(row, words)),
    )
    verdict = " ".join(filter(None, (answer.verdict, words("The programme: %(verdict)s", verdict=_judge(row, words)))))
    return replace(answer, verdict=verdict, facts=(*facts, *answer.facts))


def describe_payback(months: pl.DataFrame, programme: pl.DataFrame, words: Words) -> dict[str, Any]:
    """Each basis with its verdict, picture, months and what would have to be true; the randomised first.

    Args:
        months: rows of sql/report_payback.sql.
        programme: rows of sql/report_programme.sql.
    """
    return {
        "missing": words(NO_PROGRAMME) if programme.is_empty() else "",
        "bases": [
            _describe_basis(row, months.filter(pl.col("basis") == row["basis"]), words)
            for row in programme.iter_rows(named=True)
        ],
    }


def _surest(programme: pl.DataFrame) -> Row:
    """The randomised row if anything can be told of it, else the last."""
    rows = list(programme.iter_rows(named=True))
    return next((row for row in rows if row["net"] is not None), rows[-1])


def _describe_basis(row: Row, months: pl.DataFrame, words: Words) -> dict[str, Any]:
    is_told = row["net"] is not None
    return {
        "basis": row["basis"],
        "name": words.stored(row["basis"]),
        "since": words.date(row["starts_on"]),
        "compared_with": words(PRACTICES[row["earlier_practice"]]),
        "has_practice": row["earlier_practice"] is not None,
        "verdict": _judge(row, words),
        "facts": _list_facts(row, words),
        "conditions": list_conditions(row, words),
        "picture": _picture(months, row, words) if is_told else None,
        "months": [_describe_month(month, words) for month in months.reverse().iter_rows(named=True)]
        if is_told
        else [],
        "reasons": [words.stored(note) for note in row["note"].split("; ")] if row["note"] else [],
    }


def _judge(row: Row, words: Words) -> str:
    low, high = row["net_present_value_ci_low"], row["net_present_value_ci_high"]
    if low is None:
        return words("whether it pays cannot be told.")
    write = words.rounded_money(low, high)
    said = {"low": write(low), "high": write(high)}
    if row["pays"] == "yes":
        return words(PAYS, **said)
    if row["pays"] == "no":
        return words(DOES_NOT_PAY, **said)
    if low <= 0 <= high:
        return words(NOT_PROVEN, **said)
    return words(NO_HOLD_OUT if row["basis"] == "observational" else NOT_ALL, **said)


def _show_payback(row: Row, words: Words) -> Shown:
    share = words("in %(share)s of simulations", share=words.percent(row["payback_share"]))
    return Shown(words("not yet") if row["payback_month"] is None else words.month(row["payback_month"]), share)


def _list_facts(row: Row, words: Words) -> list[Fact]:
    """Nothing where what is left cannot be told."""
    if row["net"] is None:
        return []
    value = words("Present value at %(rate)s a year", rate=words.percent(row["discount_rate"]))
    return [
        Fact(words("Months"), f"{TABLE}.months", words.show(row["months"], words.count)),
        Fact(words("Mailings counted"), f"{TABLE}.campaigns", words.show(row["campaigns"], words.count)),
        Fact(words("Cost of the programme"), f"{TABLE}.cost", words.show(row["cost"], words.exact_money)),
        Fact(words("Left to date"), f"{TABLE}.net", show_estimate(row, "net", words, None)),
        Fact(value, f"{TABLE}.net_present_value", show_estimate(row, "net_present_value", words, None)),
        Fact(words(PAID_BACK), f"{TABLE}.payback_month", _show_payback(row, words)),
    ]


def list_conditions(row: Row, words: Words) -> list[str]:
    """What would have to be true for the programme to break even, in sentences; none where it cannot be told."""
    sentences = []
    if row["break_even_cost"] is not None:
        sentences.append(_say_cost_allowed(row, words))
    if row["break_even_margin_per_piece"] is not None:
        sentences.append(_say_margin_needed(row, words))
    if row["break_even_response"] is not None:
        sentences.append(
            words(
                "At a margin of %(margin)s an order, %(response)s of the pieces would have to bring an order that "
                "would not have come anyway.",
                margin=words.exact_money(row["margin_per_order"]),
                response=words.percent(row["break_even_response"]),
            )
        )
    return sentences


def _say_cost_allowed(row: Row, words: Words) -> str:
    at, low, high = (row[f"break_even_cost{end}"] for end in ("", "_ci_low", "_ci_high"))
    write = words.rounded_money(at, low, high)
    said = {"most": write(at), "low": write(low), "high": write(high)}
    if at <= 0:
        return words("At no cost would it have paid: before its cost it is %(most)s (%(low)s to %(high)s).", **said)
    if row["cost"] is None:
        return words("It may have cost %(most)s (%(low)s to %(high)s) to date.", **said)
    cost = words.exact_money(row["cost"])
    return words("It may have cost %(most)s (%(low)s to %(high)s) to date; it cost %(cost)s.", **said, cost=cost)


def _say_margin_needed(row: Row, words: Words) -> str:
    write = words.exact_money
    needed = write(row["break_even_margin_per_piece"])
    if row["earlier_practice"] == "mail all":
        return words("A piece that was not sent would have brought no more than %(most)s.", most=needed)
    return words(
        "A piece mailed would have to bring %(needed)s of margin that would not have come anyway; it brought "
        "%(brought)s (%(low)s to %(high)s).",
        needed=needed,
        brought=write(row["margin_per_piece"]),
        low=write(row["margin_per_piece_ci_low"]),
        high=write(row["margin_per_piece_ci_high"]),
    )


def _picture(months: pl.DataFrame, row: Row, words: Words) -> Picture:
    frame = months.select(
        pl.col("month").map_elements(words.month, return_dtype=pl.String),
        value="cumulative_net",
        low="cumulative_net_ci_low",
        high="cumulative_net_ci_high",
        is_payback=pl.col("month") == pl.lit(row["payback_month"]),
    ).with_columns(pl.col("is_payback").fill_null(False))
    unit = words.currency or words("Money")
    return Picture(
        draw_payback(frame, words, unit=unit, colour=COLOURS[row["basis"]]), _tell_picture(months, row, words)
    )


def _tell_picture(months: pl.DataFrame, row: Row, words: Words) -> str:
    last = months.row(-1, named=True)
    shown = show_estimate(last, "cumulative_net", words, None)
    paid = (
        words("paid back in %(month)s", month=words.month(row["payback_month"]))
        if row["payback_month"]
        else words("not paid back yet")
    )
    return words(
        "What is left of all months to each month, %(first)s to %(last)s; in the last %(left)s (%(interval)s); "
        "%(paid)s.",
        first=words.month(months["month"][0]),
        last=words.month(last["month"]),
        left=shown.text,
        interval=shown.interval,
        paid=paid,
    )


def _describe_month(row: Row, words: Words) -> dict[str, Any]:
    note, money = row["note"], words.exact_money
    is_told = row["cumulative_net"] is not None
    return {
        "month": words.month(row["month"]),
        "campaigns": words.count(row["campaigns"]),
        "cost": words.show(row["cost"], money, reason=note),
        "mailing_cost": words.show(row["mailing_cost"], money, reason=note),
        "saved_mailing_cost": words.show(row["saved_mailing_cost"], money, reason=note),
        **{name: _show_uncertain(row, name, words, note) for name in ESTIMATES},
        "payback_reached": words.stored(row["payback_reached"]) if is_told else words("cannot be told"),
    }


def _show_uncertain(row: Row, name: str, words: Words, note: str | None) -> Shown:
    """An estimate, without the interval where it is certain, as in months without a mailing."""
    shown = show_estimate(row, name, words, note)
    return replace(shown, interval="") if row[f"{name}_ci_low"] == row[f"{name}_ci_high"] else shown
