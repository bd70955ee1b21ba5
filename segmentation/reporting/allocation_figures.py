"""What the page says of how many are mailed: the profit curve, other rules, limits and offers."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import Picture
from segmentation.reporting.numbers import count, exact_money, rounded_money, show
from segmentation.reporting.plan_charts import draw_profit_curve

Row = dict[str, Any]

RULES = {
    "this plan": "This plan",
    "everybody eligible": "Mail everybody who can be mailed",
    "last year's rule": "Last year's rule: best recency, frequency and spend",
    "best response": "Segments that replied best first",
    "random": "Customers drawn by chance",
    "nobody": "Mail nobody",
}
UNKNOWN = "How profit grows with the number of pieces cannot be told: "


def describe_allocation(
    curve: pl.DataFrame,
    alternatives: pl.DataFrame,
    constraints: pl.DataFrame,
    offers: pl.DataFrame,
    plan: Row,
    currency: str,
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
            *_tell_curve(curve, currency, by_cost=offers.height > 0),
            *([] if offers.height else _tell_whole(plan, currency)),
            *_tell_limits(constraints, currency),
        ],
        "picture": _picture(known, currency, by_cost=offers.height > 0) if drawn else None,
        "missing": "" if drawn else UNKNOWN + (curve["note"].drop_nulls().to_list() or ["too few can be mailed"])[0],
        "alternatives": [_describe_rule(row, currency) for row in alternatives.iter_rows(named=True)],
        "constraints": [_describe_limit(row, currency) for row in constraints.iter_rows(named=True)]
        if constraints.height > 1
        else [],
        "offers": [_describe_offer(row, currency) for row in offers.iter_rows(named=True)],
    }


def _tell_curve(curve: pl.DataFrame, currency: str, *, by_cost: bool) -> list[str]:
    peak, plan = curve.filter("is_break_even"), curve.filter("is_plan")
    if peak.is_empty() or plan.is_empty() or plan["profit"].null_count():
        return []
    most, chosen = peak.row(0, named=True), plan.row(0, named=True)
    write = rounded_money(currency, most["profit"], chosen["profit"])
    if most["cost"] == chosen["cost"]:
        return ["This plan stops where the next piece would cost more than it is expected to bring."]
    both_open = _is_open(most) and _is_open(chosen)
    doubt = " But the interval of both holds 0, so that neither is proven." if both_open else ""
    if by_cost:
        told = f"With {write(most['cost'])} to spend the offers would bring most, {write(most['profit'])}"
        plan_told = f"this plan costs {write(chosen['cost'])} and is expected to bring {write(chosen['profit'])}"
        return [f"{told}; {plan_told}.{doubt}"]
    if most["pieces"] == 0:
        return ["In this order no number of pieces is expected to bring more than it costs."]
    where = "more" if most["pieces"] > chosen["pieces"] else "fewer"
    return [
        f"In this order {count(most['pieces'])} pieces are expected to bring most, {write(most['profit'])}: {where} "
        f"than the {count(chosen['pieces'])} of this plan, which are expected to bring {write(chosen['profit'])}."
        + doubt
    ]


def _tell_whole(plan: Row, currency: str) -> list[str]:
    """What customers add up to rests on how uplift is shared out among them; the plan's own figure does not."""
    ends = plan["profit"], plan["profit_ci_low"], plan["profit_ci_high"]
    if None in ends:
        return []
    profit, low, high = map(rounded_money(currency, *ends), ends)
    return [
        f"Earlier mailings as a whole expect {profit} of this plan ({low} to {high}): that is the careful figure. "
        "These sums are expectations of single customers, made to tell who comes first; the best of many are too good."
    ]


def _is_open(row: Row) -> bool:
    return row["low"] is not None and bool(row["low"] <= 0 <= row["high"])


def _tell_limits(constraints: pl.DataFrame, currency: str) -> list[str]:
    write = exact_money(currency)
    told = []
    for row in constraints.filter("binding").iter_rows(named=True):
        price = row["shadow_price"]
        if price is None or price == 0:
            continue
        what = "budget" if row["constraint"] == "plan.budget" else f"piece of {row['constraint']}"
        unit = write(1) if row["constraint"] == "plan.budget" else "one"
        told.append(f"{unit} more {what} would {'bring' if price > 0 else 'lose'} {write(abs(price))}.".capitalize())
    return told


def _describe_rule(row: Row, currency: str) -> Row:
    ends = row["expected_profit_ci_low"], row["expected_profit_ci_high"]
    profit = [None if value is None else float(value) for value in (row["expected_profit"], *ends)]
    return {
        "rule": RULES.get(row["rule"], row["rule"]),
        "is_plan": row["rule"] == "this plan",
        "note": row["note"] or "",
        "pieces": show(row["pieces"], count),
        "cost": show(float(row["cost"]), rounded_money(currency)),
        "profit": show(profit[0], rounded_money(currency, *profit), low=profit[1], high=profit[2], reason=row["note"]),
    }


def _describe_limit(row: Row, currency: str) -> Row:
    write = exact_money(currency) if row["constraint"] == "plan.budget" else count
    return {
        "constraint": row["constraint"],
        "limit": show(row["limit"], write),
        "used": show(row["used"], write),
        "price": show(row["shadow_price"], exact_money(currency), reason=row["note"]),
    }


def _describe_offer(row: Row, currency: str) -> Row:
    profit = float(row["expected_profit"])
    return {
        "offer": row["offer"],
        "cell": row["cell"],
        "channel": row["channel"],
        "basis": row["basis"],
        "pieces": show(row["pieces"], count),
        "cost": show(float(row["cost"]), rounded_money(currency)),
        "profit": show(profit, rounded_money(currency, profit)),
    }


def _picture(curve: pl.DataFrame, currency: str, *, by_cost: bool) -> Picture:
    """By cost where offers compete, since more money buys dearer pieces as well as more."""
    plan, peak = curve.filter("is_plan").row(0, named=True), curve.filter("is_break_even").row(0, named=True)
    write = rounded_money(currency, plan["profit"], peak["profit"])
    told = (
        f"Expected profit by number of pieces, with its interval: {write(plan['profit'])} for the "
        f"{count(plan['pieces'])} pieces of this plan; the most, {write(peak['profit'])}, for {count(peak['pieces'])}."
    )
    of_money = f", {currency}" if currency else ""
    points = curve.with_columns(pl.col("cost" if by_cost else "pieces").alias("size"))
    size = f"Cost{of_money}" if by_cost else "Pieces"
    return Picture(draw_profit_curve(points, size=size, unit=f"Expected profit{of_money}"), told)
