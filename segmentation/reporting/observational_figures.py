"""What the page says of campaigns without hold-out: whether they can be compared, and how far to believe them."""

from typing import Any

import polars as pl

from segmentation.reporting.campaign_charts import draw_balance
from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import BLUE, GREY, Picture
from segmentation.reporting.numbers import Shown
from segmentation.reporting.words import Words
from segmentation.response.balance import LIMIT
from segmentation.response.overlap import FAIL, NONE, PASS

METRIC = "revenue"
ALIKE = to_say(
    "Mailed and unmailed can be compared: after weighting none of %(covariates)s things known before the mailing "
    "differs by more than %(limit)s standard deviations."
)
ALIKE_AND_WEAK = to_say(
    "Mailed and unmailed can hardly be compared: after weighting none of %(covariates)s things known before the "
    "mailing differs by more than %(limit)s standard deviations, and the overlap is weak (%(weak)s)."
)
UNLIKE = to_say(
    "Mailed and unmailed can hardly be compared: even after weighting mailed and unmailed differ in %(unlike)s."
)
UNLIKE_AND_WEAK = to_say(
    "Mailed and unmailed can hardly be compared: even after weighting mailed and unmailed differ in %(unlike)s, and "
    "the overlap is weak (%(weak)s)."
)
AGREEMENT = {
    "yes": to_say("both ways agree"),
    "no": to_say("both ways disagree, so neither can be relied on"),
}
NOTHING_TO_COMPARE = to_say("there is nothing to compare it with")
PLACEBO = {
    "pass": to_say("a period earlier, when nothing had been mailed, it finds nothing, as it should"),
    "fail": to_say(
        "but a period earlier, when nothing had been mailed, it finds an effect too, so do not trust it here"
    ),
}
NO_PLACEBO = to_say("whether it finds nothing where nothing was mailed is not known")
STANDS = to_say(
    "The strongest of what is known, %(strongest)s, explains %(outcome)s of the revenue and %(mailing)s of the "
    "mailing; were something as strong missing, the result would stand."
)
FALLS = to_say(
    "The strongest of what is known, %(strongest)s, explains %(outcome)s of the revenue and %(mailing)s of the "
    "mailing; were something as strong missing, the result would not stand."
)


def describe_observational(campaigns: pl.DataFrame, balance: pl.DataFrame, words: Words) -> dict[str, Any] | None:
    """A row per campaign, the latest first, and of the latest the balance in a picture; None without any.

    Args:
        campaigns: rows of sql/report_observational.sql.
        balance: rows of sql/report_balance.sql.
    """
    told = campaigns.filter(pl.col("metric") == METRIC)
    if told.is_empty():
        return None
    latest = told.row(-1, named=True)
    return {
        "summary": _summarise(told, words),
        "latest": latest["name"],
        "sentences": _write_sentences(latest, words),
        "balance": _picture_balance(balance.filter(pl.col("campaign_id") == latest["campaign_id"]), words),
        "rows": [_describe(row, words) for row in told.reverse().iter_rows(named=True)],
    }


def _summarise(told: pl.DataFrame, words: Words) -> str:
    comparable = told.filter(pl.col("overlap") == PASS, pl.col("unbalanced").list.len() == 0)
    sure = told.filter((pl.col("ci_low") > 0) | (pl.col("ci_high") < 0))
    firm = sure.filter(pl.col("withstands") == "yes", pl.col("agrees") == "yes", pl.col("placebo_verdict") != "fail")
    firm = firm.join(comparable, on="campaign_id", how="semi")
    told_enough = words(
        "Campaigns with enough unmailed customers like the mailed: %(comparable)s of %(campaigns)s.",
        comparable=words.count(comparable.height),
        campaigns=words.count(told.height),
    )
    if sure.is_empty():
        said = words("In none does the interval of revenue leave out 0, so none shows an effect.")
    else:
        said = words(
            "With an effect on revenue whose interval leaves out 0: %(sure)s; of those, %(firm)s pass every check.",
            sure=words.count(sure.height),
            firm=words.count(firm.height),
        )
    return f"{told_enough} {said}"


def _write_sentences(row: dict[str, Any], words: Words) -> list[str]:
    """Of one campaign: overlap and balance, the second opinion, the unknown."""
    return [_write_comparability(row, words), _write_second_opinion(row, words), _write_sensitivity(row, words)]


def _write_comparability(row: dict[str, Any], words: Words) -> str:
    if row["overlap"] == NONE:
        why = words.stored(row["overlap_note"])
        return words("There are no unmailed customers like the mailed: %(why)s. Nothing is estimated.", why=why)
    unmailed = words(
        "The %(unmailed)s unmailed count as %(effective)s customers like the mailed.",
        unmailed=words.count(row["unmailed"]),
        effective=words.count(row["effective_unmailed"]),
    )
    return f"{_write_balance(row, words)} {unmailed}"


def _write_balance(row: dict[str, Any], words: Words) -> str:
    is_weak = row["overlap"] != PASS
    said = {
        "unlike": ", ".join(map(words.name, row["unbalanced"])),
        "covariates": row["covariates"],
        "limit": words.decimal(LIMIT, 1),
        "weak": words.stored(row["overlap_note"]),
    }
    if row["unbalanced"]:
        return words(UNLIKE_AND_WEAK if is_weak else UNLIKE, **said)
    return words(ALIKE_AND_WEAK if is_weak else ALIKE, **said)


def _write_second_opinion(row: dict[str, Any], words: Words) -> str:
    if row["second_opinion"] is None:
        return words("There is no second opinion: %(why)s.", why=words.stored(row["second_opinion_note"]))
    first, second = _show_estimate(row, words), _show_second(row, words)
    return words(
        "Revenue per head changed by %(second)s more than that of unmailed alike; the model says %(first)s: "
        "%(agreement)s; %(placebo)s.",
        second=f"{second.text} ({second.interval})",
        first=f"{first.text} ({first.interval})" if first.interval else first.text,
        agreement=words(AGREEMENT.get(row["agrees"], NOTHING_TO_COMPARE)),
        placebo=words(PLACEBO.get(row["placebo_verdict"], NO_PLACEBO)),
    )


def _write_sensitivity(row: dict[str, Any], words: Words) -> str:
    if row["robustness_value"] is None:
        return words("How much something unknown could change cannot be told without an estimate.")
    if row["robustness_value_interval"] == 0:
        return words("The interval has 0 in it as it is: nothing unknown is needed to explain the estimate away.")
    needed = words(
        "Something unknown would have to explain %(needed)s of what is left of both revenue and mailing for the "
        "interval to reach 0.",
        needed=words.percent(row["robustness_value_interval"]),
    )
    benchmark = words(
        STANDS if row["withstands"] == "yes" else FALLS,
        strongest=words.name(row["benchmark"]),
        outcome=words.percent(row["benchmark_outcome"]),
        mailing=words.percent(row["benchmark_mailing"]),
    )
    return f"{needed} {benchmark}"


def _describe(row: dict[str, Any], words: Words) -> dict[str, Any]:
    unknown = words("not known")
    is_comparable = row["overlap"] == PASS and not row["unbalanced"]
    return {
        "campaign_id": row["campaign_id"],
        "name": row["name"],
        "starts_on": words.date(row["starts_on"]),
        "comparable": words("yes") if is_comparable else words("no"),
        "why": _name_faults(row, words),
        "figures": [
            words.show(row["effective_unmailed"], words.count),
            _show_estimate(row, words),
            _show_second(row, words),
            words.show(row["robustness_value_interval"], words.percent, reason=row["uplift_note"]),
        ],
        "agrees": words.stored(row["agrees"]) or unknown,
        "placebo": words.stored(row["placebo_verdict"]) or unknown,
        "withstands": words.stored(row["withstands"])
        or (unknown if row["robustness_value"] is None else words("no effect")),
    }


def _name_faults(row: dict[str, Any], words: Words) -> str:
    """Few words; response.overlap and response.balance have all of it."""
    weak = {NONE: words("no overlap"), FAIL: words("weak overlap")}.get(row["overlap"], "")
    return "; ".join(filter(None, (weak, _name_unbalanced(row["unbalanced"], words))))


def _name_unbalanced(unbalanced: list[str], words: Words) -> str:
    if not unbalanced:
        return ""
    first, others = words.name(unbalanced[0]), len(unbalanced) - 1
    if not others:
        return words("not alike in %(first)s", first=first)
    return words.plural(
        "not alike in %(first)s and %(number)s more", "not alike in %(first)s and %(number)s more", others, first=first
    )


def _show_estimate(row: dict[str, Any], words: Words) -> Shown:
    low, high = row["ci_low"], row["ci_high"]
    write = words.rounded_money(row["uplift"], low, high)
    return words.show(row["uplift"], write, low=low, high=high, reason=row["uplift_note"])


def _show_second(row: dict[str, Any], words: Words) -> Shown:
    low, high = row["second_opinion_ci_low"], row["second_opinion_ci_high"]
    write = words.rounded_money(row["second_opinion"], low, high)
    return words.show(row["second_opinion"], write, low=low, high=high, reason=row["second_opinion_note"])


def _picture_balance(balance: pl.DataFrame, words: Words) -> Picture | None:
    if balance.is_empty():
        return None
    names = balance.with_columns(pl.col("covariate").map_elements(words.name, return_dtype=pl.String))
    points = pl.concat(
        names.select(
            "covariate",
            pl.col(f"difference_{when}").alias("difference"),
            pl.lit(colour).alias("colour"),
            pl.lit("white" if when == "before" else colour).alias("fill"),
        )
        for when, colour in (("before", GREY), ("after", BLUE))
    )
    alt = "; ".join(
        words(
            "%(name)s: %(before)s before, %(after)s after",
            name=name,
            before=words.signed(before),
            after=words.signed(after),
        )
        for name, before, after in names.select("covariate", "difference_before", "difference_after").iter_rows()
    )
    return Picture(draw_balance(points, words, limit=LIMIT), alt)
