"""What the page says of how many are mailed: the profit curve, other rules, limits and offers."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import Picture
from segmentation.reporting.plan_charts import draw_profit_curve
from segmentation.reporting.words import Words

Row = dict[str, Any]

RULES = {
    "this plan": to_say("This plan"),
    "everybody eligible": to_say("Mail everybody who can be mailed"),
    "last year's rule": to_say("Last year's rule: best recency, frequency and spend"),
    "best response": to_say("Segments that replied best first"),
    "random": to_say("Customers drawn by chance"),
    "nobody": to_say("Mail nobody"),
}


def describe_allocation(
    curve: pl.DataFrame,
    alternatives: pl.DataFrame,
    constraints: pl.DataFrame,
    offers: pl.DataFrame,
    plan: Row,
    words: Words,
) -> dict[str, Any] | None:
    """Why the plan is as long as it is; None for a plan that was made before this was kept.

    Args:
        curve: rows of sql/plan_curve.sql.
        alternatives: rows of sql/plan_alternatives.sql.
        constraints: rows of sql/plan_constraints.sql.
        offers: rows of sql/plan_offers.sql.
        plan: row of sql/report_plan.sql.
    """
    if curve.is_empty() or alternatives.is_empty():
        return None
    known = curve.filter(pl.col("profit").is_not_null())
    drawn = known.filter("is_plan").height and known.height > 2
    return {
        "sentences": [
            *_tell_curve(curve, words, by_cost=offers.height > 0),
            *([] if offers.height else _tell_whole(plan, words)),
            *_tell_limits(constraints, words),
        ],
        "picture": _picture(known, words, by_cost=offers.height > 0) if drawn else None,
        "missing": "" if drawn else _tell_missing(curve, words),
        "alternatives": [_describe_rule(row, words) for row in alternatives.iter_rows(named=True)],
        "constraints": [_describe_limit(row, words) for row in constraints.iter_rows(named=True)]
        if constraints.height > 1
        else [],
        "offers": [_describe_offer(row, words) for row in offers.iter_rows(named=True)],
    }


def _tell_missing(curve: pl.DataFrame, words: Words) -> str:
    notes = curve["note"].drop_nulls().to_list()
    why = words.stored(notes[0]) if notes else words("too few can be mailed")
    return words("How profit grows with the number of pieces cannot be told: %(why)s.", why=why)


def _tell_curve(curve: pl.DataFrame, words: Words, *, by_cost: bool) -> list[str]:
    peak, plan = curve.filter("is_break_even"), curve.filter("is_plan")
    if peak.is_empty() or plan.is_empty() or plan["profit"].null_count():
        return []
    most, chosen = peak.row(0, named=True), plan.row(0, named=True)
    if most["cost"] == chosen["cost"]:
        return [words("This plan stops where the next piece would cost more than it is expected to bring.")]
    if most["pieces"] == 0 and not by_cost:
        return [words("In this order no number of pieces is expected to bring more than it costs.")]
    told = [_tell_peak_by_cost(most, chosen, words) if by_cost else _tell_peak(most, chosen, words)]
    if _is_open(most) and _is_open(chosen):
        told.append(words("But the interval of both holds 0, so that neither is proven."))
    return [" ".join(told)]


def _tell_peak_by_cost(most: Row, chosen: Row, words: Words) -> str:
    write = words.rounded_money(most["profit"], chosen["profit"])
    return words(
        "With %(most_cost)s to spend the offers would bring most, %(most)s; this plan costs %(cost)s and is expected "
        "to bring %(profit)s.",
        most_cost=write(most["cost"]),
        most=write(most["profit"]),
        cost=write(chosen["cost"]),
        profit=write(chosen["profit"]),
    )


def _tell_peak(most: Row, chosen: Row, words: Words) -> str:
    write = words.rounded_money(most["profit"], chosen["profit"])
    figures = {
        "pieces": words.count(most["pieces"]),
        "most": write(most["profit"]),
        "planned": words.count(chosen["pieces"]),
        "profit": write(chosen["profit"]),
    }
    if most["pieces"] > chosen["pieces"]:
        return words(
            "In this order %(pieces)s pieces are expected to bring most, %(most)s: more than the %(planned)s of this "
            "plan, which are expected to bring %(profit)s.",
            **figures,
        )
    return words(
        "In this order %(pieces)s pieces are expected to bring most, %(most)s: fewer than the %(planned)s of this "
        "plan, which are expected to bring %(profit)s.",
        **figures,
    )


def _tell_whole(plan: Row, words: Words) -> list[str]:
    """What customers add up to rests on how uplift is shared out among them; the plan's own figure does not."""
    ends = plan["profit"], plan["profit_ci_low"], plan["profit_ci_high"]
    if None in ends:
        return []
    profit, low, high = map(words.rounded_money(*ends), ends)
    return [
        words(
            "Earlier mailings as a whole expect %(profit)s of this plan (%(low)s to %(high)s): that is the careful "
            "figure. These sums are expectations of single customers, made to tell who comes first; the best of many "
            "are too good.",
            profit=profit,
            low=low,
            high=high,
        )
    ]


def _is_open(row: Row) -> bool:
    return row["low"] is not None and bool(row["low"] <= 0 <= row["high"])


def _tell_limits(constraints: pl.DataFrame, words: Words) -> list[str]:
    return [
        _tell_price(row["constraint"], row["shadow_price"], words)
        for row in constraints.filter("binding").iter_rows(named=True)
        if row["shadow_price"]
    ]


def _tell_price(constraint: str, price: float, words: Words) -> str:
    write = words.exact_money
    if constraint == "plan.budget":
        unit, money = write(1), write(abs(price))
        if price > 0:
            return words("%(unit)s more budget would bring %(money)s.", unit=unit, money=money)
        return words("%(unit)s more budget would lose %(money)s.", unit=unit, money=money)
    if price > 0:
        return words("One more piece of %(limit)s would bring %(money)s.", limit=constraint, money=write(price))
    return words("One more piece of %(limit)s would lose %(money)s.", limit=constraint, money=write(-price))


def _describe_rule(row: Row, words: Words) -> Row:
    ends = row["expected_profit_ci_low"], row["expected_profit_ci_high"]
    profit, low, high = (None if value is None else float(value) for value in (row["expected_profit"], *ends))
    write = words.rounded_money(profit, low, high)
    return {
        "rule": words(RULES[row["rule"]]) if row["rule"] in RULES else row["rule"],
        "is_plan": row["rule"] == "this plan",
        "note": words.stored(row["note"]),
        "pieces": words.show(row["pieces"], words.count),
        "cost": words.show(float(row["cost"]), words.rounded_money()),
        "profit": words.show(profit, write, low=low, high=high, reason=row["note"]),
    }


def _describe_limit(row: Row, words: Words) -> Row:
    write = words.exact_money if row["constraint"] == "plan.budget" else words.count
    return {
        "constraint": row["constraint"],
        "limit": words.show(row["limit"], write),
        "used": words.show(row["used"], write),
        "price": words.show(row["shadow_price"], words.exact_money, reason=row["note"]),
    }


def _describe_offer(row: Row, words: Words) -> Row:
    profit = float(row["expected_profit"])
    return {
        "offer": row["offer"],
        "cell": row["cell"],
        "channel": words.stored(row["channel"]),
        "basis": words.stored(row["basis"]),
        "pieces": words.show(row["pieces"], words.count),
        "cost": words.show(float(row["cost"]), words.rounded_money()),
        "profit": words.show(profit, words.rounded_money(profit)),
    }


def _picture(curve: pl.DataFrame, words: Words, *, by_cost: bool) -> Picture:
    """By cost where offers compete, since more money buys dearer pieces as well as more."""
    plan, peak = curve.filter("is_plan").row(0, named=True), curve.filter("is_break_even").row(0, named=True)
    write = words.rounded_money(plan["profit"], peak["profit"])
    told = words(
        "Expected profit by number of pieces, with its interval: %(profit)s for the %(pieces)s pieces of this plan; "
        "the most, %(most)s, for %(most_pieces)s.",
        profit=write(plan["profit"]),
        pieces=words.count(plan["pieces"]),
        most=write(peak["profit"]),
        most_pieces=words.count(peak["pieces"]),
    )
    points = curve.with_columns(pl.col("cost" if by_cost else "pieces").alias("size"))
    size = words.of_money(words("Cost")) if by_cost else words("Pieces")
    return Picture(draw_profit_curve(points, words, size=size, unit=words.of_money(words("Expected profit"))), told)
