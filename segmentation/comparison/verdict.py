"""One sentence about a campaign and an earlier one: better, worse, or not proven."""

from typing import Any, Literal

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.words import Words

BETTER, WORSE, NOT_PROVEN = "better", "worse", "not proven"
SMALL_RATE = 0.01  # rates below this are written with a second decimal
MONEY = ("revenue", "margin")

Row = dict[str, Any]
Direction = Literal["rose", "fell", "stayed"]

RATES: dict[tuple[str, Direction], str] = {
    ("response", "rose"): to_say("response rose from %(before)s to %(now)s%%"),
    ("response", "fell"): to_say("response fell from %(before)s to %(now)s%%"),
    ("response", "stayed"): to_say("response stayed at %(now)s%%"),
    ("conversion", "rose"): to_say("conversion rose from %(before)s to %(now)s%%"),
    ("conversion", "fell"): to_say("conversion fell from %(before)s to %(now)s%%"),
    ("conversion", "stayed"): to_say("conversion stayed at %(now)s%%"),
    ("revenue", "rose"): to_say("revenue per head rose from %(before)s to %(now)s"),
    ("revenue", "fell"): to_say("revenue per head fell from %(before)s to %(now)s"),
    ("revenue", "stayed"): to_say("revenue per head stayed at %(now)s"),
    ("margin", "rose"): to_say("margin per head rose from %(before)s to %(now)s"),
    ("margin", "fell"): to_say("margin per head fell from %(before)s to %(now)s"),
    ("margin", "stayed"): to_say("margin per head stayed at %(now)s"),
}
AMOUNTS: dict[tuple[str, bool], str] = {
    ("response", True): to_say("%(amount)s percentage points more replies"),
    ("response", False): to_say("%(amount)s percentage points fewer replies"),
    ("conversion", True): to_say("%(amount)s percentage points more buyers"),
    ("conversion", False): to_say("%(amount)s percentage points fewer buyers"),
    ("revenue", True): to_say("%(amount)s more revenue per head"),
    ("revenue", False): to_say("%(amount)s less revenue per head"),
    ("margin", True): to_say("%(amount)s more margin per head"),
    ("margin", False): to_say("%(amount)s less margin per head"),
}
"""What the mailing itself brought more, or less."""
PROVEN: dict[tuple[str, Direction | None], str] = {
    (NOT_PROVEN, "rose"): to_say("%(counted)s, yet no improvement is proven: %(brought)s"),
    (NOT_PROVEN, "fell"): to_say("%(counted)s, yet no decline is proven: %(brought)s"),
    (NOT_PROVEN, "stayed"): to_say("%(counted)s, and no change is proven: %(brought)s"),
    (NOT_PROVEN, None): to_say("no change is proven: %(brought)s"),
    (BETTER, "rose"): to_say("%(counted)s, and a real improvement is proven: %(brought)s"),
    (BETTER, "fell"): to_say("%(counted)s, yet a real improvement is proven: %(brought)s"),
    (BETTER, "stayed"): to_say("%(counted)s, yet a real improvement is proven: %(brought)s"),
    (BETTER, None): to_say("a real improvement is proven: %(brought)s"),
    (WORSE, "fell"): to_say("%(counted)s, and a real decline is proven: %(brought)s"),
    (WORSE, "rose"): to_say("%(counted)s, yet a real decline is proven: %(brought)s"),
    (WORSE, "stayed"): to_say("%(counted)s, yet a real decline is proven: %(brought)s"),
    (WORSE, None): to_say("a real decline is proven: %(brought)s"),
}


def judge() -> pl.Expr:
    """Better or worse where the interval of a randomised change of closed windows lies on one side of 0."""
    decided = (pl.col("design") == "randomised") & ~pl.col("provisional")
    return (
        pl.when(decided & (pl.col("ci_low") > 0))
        .then(pl.lit(BETTER))
        .when(decided & (pl.col("ci_high") < 0))
        .then(pl.lit(WORSE))
        .otherwise(pl.lit(NOT_PROVEN))
    )


def tell_verdict(row: Row, words: Words) -> str:
    """The sentence about a pair and metric.

    Args:
        row: of response.comparison, with `name`, `earlier_name` and `change_note`.
    """
    went, counted = _tell_rates(row, words)
    told = _tell_unknown(row, counted, words) if row["ci_low"] is None else _tell_change(row, went, counted, words)
    return words(
        "%(campaign)s against %(earlier)s: %(told)s.", campaign=row["name"], earlier=row["earlier_name"], told=told
    )


def _tell_rates(row: Row, words: Words) -> tuple[Direction | None, str]:
    """What was counted, such as `response rose from 2.0 to 2.4%`, and which way it went; nothing if it was not."""
    now, then = row["rate"], row["earlier_rate"]
    if now is None or then is None:
        return None, ""
    is_money = row["metric"] in MONEY
    digits = 2 if is_money or max(now, then) < SMALL_RATE else 1
    shown, before = (words.decimal(value * (1 if is_money else 100), digits) for value in (now, then))
    went: Direction = "stayed" if shown == before else "rose" if now > then else "fell"
    return went, words(RATES[row["metric"], went], before=before, now=shown)


def _tell_change(row: Row, went: Direction | None, counted: str, words: Words) -> str:
    said = {"counted": counted, "brought": _tell_brought(row, words)}
    if row["provisional"]:
        if went is None:
            return words("a response window is still open, so nothing is proven yet: so far %(brought)s", **said)
        return words(
            "%(counted)s, but a response window is still open, so nothing is proven yet: so far %(brought)s", **said
        )
    if row["design"] == "observational":
        if went is None:
            return words("nobody was held out, and by estimates %(brought)s: a hint, no proof", **said)
        return words("%(counted)s; nobody was held out, and by estimates %(brought)s: a hint, no proof", **said)
    return words(PROVEN[row["verdict"], went], **said)


def _tell_unknown(row: Row, counted: str, words: Words) -> str:
    reason = words.stored(row["change_note"]) or words("nothing of it was measured")
    if not counted:
        return words("whether the mailing itself brought more cannot be told: %(why)s", why=reason)
    return words(
        "%(counted)s; whether the mailing itself brought more cannot be told: %(why)s", counted=counted, why=reason
    )


def _tell_brought(row: Row, words: Words) -> str:
    change, scale = row["uplift_change"], 1 if row["metric"] in MONEY else 100
    amount = words(AMOUNTS[row["metric"], change >= 0], amount=words.decimal(scale * abs(change), 2))
    low, high = (words.signed(scale * row[end]) for end in ("ci_low", "ci_high"))
    return words(
        "the mailing itself brought %(amount)s than the earlier one (95%% interval %(low)s to %(high)s)",
        amount=amount,
        low=low,
        high=high,
    )
