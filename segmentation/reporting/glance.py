"""The three answers of the first screen: what to mail, what the last mailing brought, whether mailing pays."""

import math
from dataclasses import dataclass
from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words

Row = dict[str, Any]

NO_INTERVAL = to_say("no interval: too few buyers")
NO_CAMPAIGN = to_say("no campaign has finished")
PLAN, CAMPAIGN = "targeting.plans", "response.campaigns"
METHODS = {
    "randomised": to_say("randomised: compared with customers held out by chance"),
    "observational": to_say("observational: estimated, as nobody was held out"),
}
NOT_ADDED = to_say(
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


def answer_what_to_mail(plan: Row | None, words: Words) -> Answer:
    """The next plan.

    Args:
        plan: the row of sql/report_plan.sql, or None if nothing is planned.
    """
    question = words("What should I mail?")
    if plan is None:
        nothing = words.show(None, words.count, reason=words("no mailing is planned on what is known tonight"))
        big = Fact(words("pieces"), f"{PLAN}.mailed", nothing)
        return Answer(question, big, verdict=words("No mailing is planned."))
    reason = words.stored(plan["note"])
    big = Fact(
        words("pieces of %(plan)s", plan=plan["name"]), f"{PLAN}.mailed", words.show(plan["mailed"], words.count)
    )
    return Answer(question, big, _list_plan(plan, reason, words), _foresee(plan, words), (reason,) if reason else ())


def _list_plan(plan: Row, reason: str, words: Words) -> tuple[Fact, ...]:
    cost = words.show(plan["cost"], words.exact_money, reason=reason)
    response = words.show(plan["expected_response"], words.percent, reason=reason)
    detectable = words.show(plan["minimum_detectable_uplift"], words.points, reason=reason)
    profit = show_estimate(plan, "profit", words, reason)
    return (
        Fact(words("Held out"), f"{PLAN}.held_out", words.show(plan["held_out"], words.count)),
        Fact(words("Cost"), f"{PLAN}.cost", cost),
        Fact(words("Expected response"), f"{PLAN}.expected_response", response),
        Fact(words("Expected profit"), f"{PLAN}.expected_incremental_profit", profit),
        Fact(words("Smallest uplift the hold-out can show"), f"{PLAN}.minimum_detectable_uplift", detectable),
        Fact(words("Status"), f"{PLAN}.status", Shown(words.stored(plan["status"]))),
    )


def answer_last_campaign(campaigns: pl.DataFrame, words: Words) -> Answer:
    """The campaign that ended last, of those whose response window is over.

    Args:
        campaigns: rows of sql/report_campaigns.sql.
    """
    question = words("What did the last one bring?")
    last = last_finished(campaigns)
    if last is None:
        nothing = words.show(None, words.count, reason=words(NO_CAMPAIGN))
        big = Fact(words("incremental profit"), f"{CAMPAIGN}.incremental_profit", nothing)
        return Answer(question, big, verdict=words("No campaign has finished yet."))
    return answer_campaign(last, question, words)


def last_finished(campaigns: pl.DataFrame) -> Row | None:
    """The row of the campaign that ended last, of those that mailed somebody and whose response window is over."""
    finished = campaigns.filter(~pl.col("provisional"), pl.col("mailed") > 0)
    return finished.sort("ends_on", "starts_on", "campaign_id").row(-1, named=True) if finished.height else None


def answer_campaign(last: Row, question: str, words: Words) -> Answer:
    """What one campaign has brought.

    Args:
        last: a row of sql/report_campaigns.sql.
    """
    shown = {name: show_estimate(last, name, words, last[f"{name}_reason"]) for name in ("profit", "revenue")}
    big_labels = {
        "profit": words("incremental profit of %(campaign)s", campaign=last["name"]),
        "revenue": words("incremental revenue of %(campaign)s", campaign=last["name"]),
    }
    labels = {"profit": words("Incremental profit"), "revenue": words("Incremental revenue")}
    name, other = ("revenue", "profit") if shown["profit"].reason else ("profit", "revenue")
    big = Fact(big_labels[name], f"{CAMPAIGN}.incremental_{name}", shown[name])
    beside = Fact(labels[other], f"{CAMPAIGN}.incremental_{other}", shown[other])
    facts = _list_campaign(last, beside, words)
    reasons = tuple(dict.fromkeys(fact.shown.reason for fact in (big, *facts) if fact.shown.reason))
    return Answer(question, big, facts, _judge(last, words), reasons)


def _list_campaign(last: Row, beside: Fact, words: Words) -> tuple[Fact, ...]:
    cost = words.show(last["cost"], words.exact_money, reason=last["note"])
    return (
        Fact(words("Window"), f"{CAMPAIGN}.ends_on", Shown(words.window(last["starts_on"], last["ends_on"]))),
        Fact(words("Mailed"), f"{CAMPAIGN}.mailed", words.show(last["mailed"], words.count)),
        Fact(words("Response rate"), f"{CAMPAIGN}.response_rate", show_response_rate(last, words)),
        Fact(words("Cost"), f"{CAMPAIGN}.cost", cost),
        beside,
        Fact(words("Method"), f"method-{last['design']}", Shown(words(METHODS[last["design"]]))),
    )


def answer_does_it_pay(campaigns: pl.DataFrame, words: Words) -> Answer:
    """Finished campaigns by verdict. Profits are added up over randomised campaigns only."""
    question = words("Does it pay?")
    finished = campaigns.filter(~pl.col("provisional"))
    if finished.is_empty():
        nothing = words.show(None, words.count, reason=words(NO_CAMPAIGN))
        big = Fact(words("campaigns proven to pay"), f"{CAMPAIGN}.pays", nothing)
        return Answer(question, big, verdict=words("No campaign has finished yet."))
    estimated = finished.filter(pl.col("profit").is_not_null())
    facts = [*_count_verdicts(finished, estimated, words), *_sum_costs(finished, words)]
    proven = words.plural(
        "of %(number)s finished campaign proven to pay",
        "of %(number)s finished campaigns proven to pay",
        finished.height,
    )
    big = Fact(proven, f"{CAMPAIGN}.pays", facts[0].shown)
    running = campaigns.height - finished.height
    notes = [_count_running(running, words)] if running else []
    notes += [words(NOT_ADDED)] if "observational" in estimated["design"] else []
    return Answer(question, big, (*facts, *sum_randomised(estimated, words)), notes=tuple(notes))


def _count_verdicts(finished: pl.DataFrame, estimated: pl.DataFrame, words: Words) -> list[Fact]:
    verdicts = dict(estimated["pays"].value_counts().iter_rows())
    without = words.show(finished.height - estimated.height, words.count)
    return [
        *(
            Fact(label, f"{CAMPAIGN}.pays", words.show(verdicts.get(pays, 0), words.count))
            for label, pays in (
                (words("Pays"), "yes"),
                (words("Does not pay"), "no"),
                (words("Not proven"), "not proven"),
            )
        ),
        Fact(words("No estimate of profit"), f"{CAMPAIGN}.note", without),
    ]


def _sum_costs(finished: pl.DataFrame, words: Words) -> list[Fact]:
    """The cost of those whose cost is known; nothing where none is."""
    costs = finished["cost"].drop_nulls()
    if costs.is_empty():
        return []
    known, of = words.count(len(costs)), words.count(finished.height)
    some = words("Spent by the %(known)s of %(campaigns)s whose cost is known", known=known, campaigns=of)
    label = words("Spent") if len(costs) == finished.height else some
    return [Fact(label, f"{CAMPAIGN}.cost", words.show(float(costs.sum()), words.exact_money))]


def _count_running(running: int, words: Words) -> str:
    return words.plural(
        "%(number)s more still running, so provisional and not counted here.",
        "%(number)s more still running, so provisional and not counted here.",
        running,
    )


def sum_randomised(estimated: pl.DataFrame, words: Words) -> list[Fact]:
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
    label = words("Profit of the %(campaigns)s with a hold-out, added up", campaigns=words.count(rows.height))
    return [Fact(label, "method-randomised", show_estimate(row, "profit", words, None))]


def show_response_rate(campaign: Row, words: Words) -> Shown:
    """The response rate of a row of sql/report_campaigns.sql."""
    low, high = campaign["response_rate_ci_low"], campaign["response_rate_ci_high"]
    reason = campaign["response_reason"]
    return words.show(campaign["response_rate"], words.percent, low=low, high=high, reason=reason)


def show_estimate(row: Row, name: str, words: Words, reason: str | None) -> Shown:
    """The money `name` of `row` with its interval `<name>_ci_low` to `<name>_ci_high`, or the word that it has none."""
    value, low, high = row[name], row[f"{name}_ci_low"], row[f"{name}_ci_high"]
    if value is not None and low is None:
        return Shown(words.rounded_money(value)(value), words(NO_INTERVAL))
    return words.show(value, words.rounded_money(value, low, high), low=low, high=high, reason=reason)


def _foresee(plan: Row, words: Words) -> str:
    if plan["profit"] is None:
        return words("What it will bring cannot be foreseen.")
    if plan["profit_ci_low"] > 0:
        return words("Earlier mailings speak for a profit.")
    if plan["profit_ci_high"] < 0:
        return words("Earlier mailings speak for a loss.")
    return words("Earlier mailings leave open whether it brings a profit or a loss.")


def _judge(campaign: Row, words: Words) -> str:
    if campaign["provisional"]:
        return words("Its response window is still open: late orders are yet to come, so no verdict is given.")
    if campaign["profit"] is None:
        return words("Whether it pays cannot be told.")
    if campaign["has_failed_arms"]:
        return words("The arms are not of the planned size, so nothing is proven.")
    if campaign["is_incomparable"]:
        return words("Not proven: mailed and unmailed are too unlike, so the estimate may be far off.")
    low, high = campaign["profit_ci_low"], campaign["profit_ci_high"]
    if low is None or high is None:
        return words("Not proven: so few have bought that the profit has no interval.")
    return _judge_interval(campaign["pays"], low, high, words)


def _judge_interval(pays: str, low: float, high: float, words: Words) -> str:
    write = words.rounded_money(low, high)
    if pays == "yes":
        return words("It pays: at least %(least)s at the lower end of the interval.", least=write(low))
    if pays == "no":
        return words(
            "It does not pay: a loss of at least %(loss)s at the better end of the interval.", loss=write(-high)
        )
    return words(
        "Not proven: anything from a loss of %(loss)s to a profit of %(profit)s is in the interval.",
        loss=write(-low),
        profit=write(high),
    )
