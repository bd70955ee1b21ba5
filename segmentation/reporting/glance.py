"""The three answers of the first screen: what to mail, what the last mailing brought, whether mailing pays."""

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation.reporting.numbers import Shown, count, exact_money, percent, points, rounded_money, show

Row = dict[str, Any]

NO_INTERVAL = "no interval: too few buyers"
PLAN, CAMPAIGN = "targeting.plans", "response.campaigns"
METHODS = {
    "randomised": "randomised: compared with customers held out by chance",
    "observational": "observational: estimated, as nobody was held out",
}
NOT_ADDED = (
    "Results of campaigns without hold-out are estimates that may all err in one direction; adding them up would hide "
    "that, so they are counted but not summed."
)


@dataclass(frozen=True)
class Fact:
    """A labelled figure; `definition` is the anchor of what it means."""

    label: str
    definition: str
    shown: Shown


@dataclass(frozen=True)
class Answer:
    """A question of the first screen, its one big figure, and what to know with it."""

    question: str
    big: Fact
    facts: tuple[Fact, ...] = ()
    verdict: str = ""
    notes: tuple[str, ...] = ()


def answer_what_to_mail(plan: Row | None, currency: str) -> Answer:
    """The next plan.

    Args:
        plan: the row of sql/report_plan.sql, or None if nothing is planned.
    """
    question = "What should I mail?"
    if plan is None:
        nothing = show(None, count, reason="no mailing is planned on what is known tonight")
        return Answer(question, Fact("pieces", f"{PLAN}.mailed", nothing), verdict="No mailing is planned.")
    reason = plan["note"]
    facts = (
        Fact("Held out", f"{PLAN}.held_out", show(plan["held_out"], count)),
        Fact("Cost", f"{PLAN}.cost", show(plan["cost"], exact_money(currency), reason=reason)),
        Fact("Expected response", f"{PLAN}.expected_response", show(plan["expected_response"], percent, reason=reason)),
        Fact("Expected profit", f"{PLAN}.expected_incremental_profit", show_estimate(plan, "profit", currency, reason)),
        Fact("Smallest uplift the hold-out can show", f"{PLAN}.minimum_detectable_uplift", _detectable(plan)),
        Fact("Status", f"{PLAN}.status", Shown(plan["status"])),
    )
    big = Fact(f"pieces of {plan['name']}", f"{PLAN}.mailed", show(plan["mailed"], count))
    return Answer(question, big, facts, _foresee(plan), (reason,) if reason else ())


def answer_last_campaign(campaigns: pl.DataFrame, currency: str) -> Answer:
    """The campaign that ended last, of those whose response window is over.

    Args:
        campaigns: rows of sql/report_campaigns.sql.
    """
    question = "What did the last one bring?"
    last = last_finished(campaigns)
    if last is None:
        nothing = show(None, count, reason="no campaign has finished")
        big = Fact("incremental profit", f"{CAMPAIGN}.incremental_profit", nothing)
        return Answer(question, big, verdict="No campaign has finished yet.")
    return answer_campaign(last, question, currency)


def last_finished(campaigns: pl.DataFrame) -> Row | None:
    """The row of the campaign that ended last, of those that mailed somebody and whose response window is over."""
    finished = campaigns.filter(~pl.col("provisional"), pl.col("mailed") > 0)
    return finished.sort("ends_on", "starts_on", "campaign_id").row(-1, named=True) if finished.height else None


def answer_campaign(last: Row, question: str, currency: str) -> Answer:
    """What one campaign has brought.

    Args:
        last: a row of sql/report_campaigns.sql.
    """
    shown = {name: show_estimate(last, name, currency, last[f"{name}_reason"]) for name in ("profit", "revenue")}
    name, other = ("revenue", "profit") if shown["profit"].reason else ("profit", "revenue")
    big = Fact(f"incremental {name} of {last['name']}", f"{CAMPAIGN}.incremental_{name}", shown[name])
    facts = (
        Fact("Window", f"{CAMPAIGN}.ends_on", Shown(f"{last['starts_on']} to {last['ends_on']}")),
        Fact("Mailed", f"{CAMPAIGN}.mailed", show(last["mailed"], count)),
        Fact("Response rate", f"{CAMPAIGN}.response_rate", show_response_rate(last)),
        Fact("Cost", f"{CAMPAIGN}.cost", show(last["cost"], exact_money(currency), reason=last["note"])),
        Fact(f"Incremental {other}", f"{CAMPAIGN}.incremental_{other}", shown[other]),
        Fact("Method", f"method-{last['design']}", Shown(METHODS[last["design"]])),
    )
    reasons = tuple(dict.fromkeys(fact.shown.reason for fact in (big, *facts) if fact.shown.reason))
    return Answer(question, big, facts, _judge(last, currency), reasons)


def answer_does_it_pay(campaigns: pl.DataFrame, currency: str) -> Answer:
    """Finished campaigns by verdict. Profits are added up over randomised campaigns only."""
    finished = campaigns.filter(~pl.col("provisional"))
    if finished.is_empty():
        nothing = show(None, count, reason="no campaign has finished")
        big = Fact("campaigns proven to pay", f"{CAMPAIGN}.pays", nothing)
        return Answer("Does it pay?", big, verdict="No campaign has finished yet.")
    estimated = finished.filter(pl.col("profit").is_not_null())
    verdicts = dict(estimated["pays"].value_counts().iter_rows())
    costs = finished["cost"].drop_nulls()
    facts = [
        Fact(label, f"{CAMPAIGN}.pays", show(verdicts.get(pays, 0), count))
        for label, pays in (("Pays", "yes"), ("Does not pay", "no"), ("Not proven", "not proven"))
    ]
    facts.append(Fact("No estimate of profit", f"{CAMPAIGN}.note", show(finished.height - estimated.height, count)))
    if len(costs):
        some = "" if len(costs) == finished.height else f" by the {len(costs)} of {finished.height} whose cost is known"
        facts.append(Fact(f"Spent{some}", f"{CAMPAIGN}.cost", show(float(costs.sum()), exact_money(currency))))
    facts += sum_randomised(estimated, currency)
    running = campaigns.height - finished.height
    notes = [f"{running} more still running, so provisional and not counted here."] if running else []
    notes += [NOT_ADDED] if "observational" in estimated["design"] else []
    noun = "campaign" if finished.height == 1 else "campaigns"
    proven = Fact(f"of {finished.height} finished {noun} proven to pay", f"{CAMPAIGN}.pays", facts[0].shown)
    return Answer("Does it pay?", proven, tuple(facts), notes=tuple(notes))


def sum_randomised(estimated: pl.DataFrame, currency: str) -> list[Fact]:
    """The profit of campaigns with a hold-out, added up; nothing where there is none.

    Hold-outs are drawn independently, so the distances from the estimates to the ends of their intervals add as
    squares do. Campaigns without hold-out, or whose arms are not of the planned size, are never part of it.
    """
    sound = estimated.filter(pl.col("design") == "randomised", ~pl.col("has_failed_arms"))
    rows = sound.filter(pl.col("profit_ci_low").is_not_null())
    if rows.is_empty():
        return []
    total = float(rows["profit"].sum())
    below, above = (math.sqrt(((rows["profit"] - rows[end]) ** 2).sum()) for end in ("profit_ci_low", "profit_ci_high"))
    row = {"profit": total, "profit_ci_low": total - below, "profit_ci_high": total + above}
    label = f"Profit of the {rows.height} with a hold-out, added up"
    return [Fact(label, "method-randomised", show_estimate(row, "profit", currency, None))]


def show_response_rate(campaign: Row) -> Shown:
    """The response rate of a row of sql/report_campaigns.sql."""
    low, high = campaign["response_rate_ci_low"], campaign["response_rate_ci_high"]
    reason = campaign["response_reason"]
    return show(campaign["response_rate"], percent, low=low, high=high, reason=reason)


def show_estimate(row: Row, name: str, currency: str, reason: str | None) -> Shown:
    """The money `name` of `row` with its interval `<name>_ci_low` to `<name>_ci_high`, or the word that it has none."""
    value, low, high = row[name], row[f"{name}_ci_low"], row[f"{name}_ci_high"]
    if value is not None and low is None:
        return Shown(rounded_money(currency, value)(value), NO_INTERVAL)
    return show(value, rounded_money(currency, value, low, high), low=low, high=high, reason=reason)


def _detectable(plan: Row) -> Shown:
    return show(plan["minimum_detectable_uplift"], points, reason=plan["note"])


def _foresee(plan: Row) -> str:
    if plan["profit"] is None:
        return "What it will bring cannot be foreseen."
    if plan["profit_ci_low"] > 0:
        return "Earlier mailings speak for a profit."
    if plan["profit_ci_high"] < 0:
        return "Earlier mailings speak for a loss."
    return "Earlier mailings leave open whether it brings a profit or a loss."


def _judge(campaign: Row, currency: str) -> str:
    if campaign["provisional"]:
        return "Its response window is still open: late orders are yet to come, so no verdict is given."
    if campaign["profit"] is None:
        return "Whether it pays cannot be told."
    if campaign["has_failed_arms"]:
        return "The arms are not of the planned size, so nothing is proven."
    if campaign["is_incomparable"]:
        return "Not proven: mailed and unmailed are too unlike, so the estimate may be far off."
    low, high = campaign["profit_ci_low"], campaign["profit_ci_high"]
    if low is None or high is None:
        return "Not proven: so few have bought that the profit has no interval."
    write = rounded_money(currency, low, high)
    if campaign["pays"] == "yes":
        return f"It pays: at least {write(low)} at the lower end of the interval."
    if campaign["pays"] == "no":
        return f"It does not pay: a loss of at least {write(-high)} at the better end of the interval."
    return f"Not proven: anything from a loss of {write(-low)} to a profit of {write(high)} is in the interval."
