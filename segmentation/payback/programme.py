"""The programme from its first month to the last: what is left, when it has paid back, and what it would take."""

from typing import Any

import numpy as np
import polars as pl

from segmentation.payback.account import Account
from segmentation.payback.break_even import break_even_response
from segmentation.payback.estimates import Estimate
from segmentation.payback.practice import Balance, say_reasons
from segmentation.payback.simulation import interval, month_paid_back
from segmentation.payback.timeline import Timeline
from segmentation.settings import ProgrammeSettings

BASES = ("randomised", "observational")
NOT_PROVEN = "not proven"
NO_HOLD_OUT = (
    "estimates of mailings without hold-out may all err in one direction: their intervals are added end to end, do not "
    "show what is not in the data, and prove nothing"
)
NOTHING_ENDED = "no mailing of the programme has ended yet"
DATE_COLUMNS = ("payback_month", "payback_month_ci_low", "payback_month_ci_high")


def choose_bases(campaigns: pl.DataFrame, timeline: Timeline) -> tuple[str, ...]:
    """The bases that finished mailings of the programme belong to; randomised where none has finished.

    Args:
        campaigns: see sql/programme_campaigns.sql.
    """
    finished = campaigns.filter(~pl.col("provisional"), pl.col("starts_on") >= timeline.starts_on)
    found = set(finished["basis"])
    return tuple(basis for basis in BASES if basis in found) or BASES[:1]


def sum_up(
    account: Account,
    balance: Balance,
    timeline: Timeline,
    settings: ProgrammeSettings,
    *,
    basis: str,
    running: int,
    margin_per_order: float | None,
) -> dict[str, Any]:
    """The row of response.programme, without `basis` and `as_of_date`.

    Args:
        account: see account.open_account.
        running: mailings of the programme whose window is still open.
        margin_per_order: of the orders since the first month; None where not known.
    """
    months = account.months
    cost = (months["cost_once"] + months["cost_running"]).sum() if months["cost_once"].null_count() == 0 else None
    left_out = balance.left_out
    row: dict[str, Any] = {
        "starts_on": timeline.starts_on,
        "months": timeline.months,
        "earlier_practice": settings.earlier_practice,
        "campaigns": months["campaigns"].sum(),
        "not_counted": left_out.height,
        "not_counted_cost": left_out["cost"].sum() if left_out["cost"].null_count() == 0 else None,
        "running": running,
        "mailed": months["mailed"].sum(),
        "cost": cost,
        "mailing_cost": months["mailing_cost"].sum(),
        "pieces_not_sent": _known_sum(months["pieces_not_sent"]),
        "saved_mailing_cost": _known_sum(months["saved_mailing_cost"]),
        "discount_rate": settings.discount_rate,
        "margin_per_order": margin_per_order,
    }
    row |= _in_all(account.margin, "incremental_margin") | _in_all(account.earlier, "earlier_margin")
    row |= _in_all(account.net, "net") | _in_all(account.net, "net_present_value", rate=settings.discount_rate)
    row |= _in_all(account.gain, "break_even_cost") | _pay_back(account.net, months["month"])
    row |= _per_piece(row) | _break_even(row, account, balance, settings)
    return row | {"pays": judge_programme(row, basis), "note": _note(row, account, balance, basis)}


def judge_programme(row: dict[str, Any], basis: str) -> str:
    """Whether the programme pays: yes or no only where the interval says so, whatever was not counted.

    Mailings that are not counted have at worst brought nothing, so without an earlier practice their cost is the most
    that they can have lost; how much they would have lost against another practice is not known.
    """
    low, high = row["net_present_value_ci_low"], row["net_present_value_ci_high"]
    if low is None or basis == "observational":
        return NOT_PROVEN
    at_risk = row["not_counted_cost"] if row["earlier_practice"] is None or not row["not_counted"] else None
    if at_risk is not None and low - at_risk > 0:
        return "yes"
    return "no" if high < 0 and not row["not_counted"] else NOT_PROVEN


def _known_sum(values: pl.Series) -> float | None:
    return None if values.null_count() else sum(values.to_list())


def _in_all(estimate: Estimate | None, name: str, *, rate: float = 0.0) -> dict[str, float | None]:
    names = (name, f"{name}_ci_low", f"{name}_ci_high")
    if estimate is None:
        return dict.fromkeys(names)
    total = estimate.total(rate)
    low, high = interval(total.draws)
    return {name: float(value[0]) for name, value in zip(names, (total.value, low, high), strict=True)}


def _pay_back(net: Estimate | None, months: pl.Series) -> dict[str, Any]:
    """The month by the estimates, and the interval over the simulations, in which never is later than any month."""
    if net is None:
        return dict.fromkeys((*DATE_COLUMNS, "payback_share"))
    cumulative = net.summed()
    drawn = np.percentile(month_paid_back(cumulative.draws), (2.5, 97.5), method="inverted_cdf")
    numbers = (month_paid_back(cumulative.value[None, :])[0], *drawn)
    dates = (months[int(number)] if number < len(months) else None for number in numbers)
    share = float((cumulative.draws[:, -1] >= 0).mean())
    return dict(zip(DATE_COLUMNS, dates, strict=True)) | {"payback_share": share}


def _per_piece(row: dict[str, Any]) -> dict[str, float | None]:
    mailed = row["mailed"]
    margins = {end: row[f"incremental_margin{end}"] for end in ("", "_ci_low", "_ci_high")}
    return {
        f"margin_per_piece{end}": margin / mailed if mailed and margin is not None else None
        for end, margin in margins.items()
    }


def _break_even(
    row: dict[str, Any], account: Account, balance: Balance, settings: ProgrammeSettings
) -> dict[str, float | None]:
    """What a piece would have to bring; NULL where nothing was mailed or the cost of the programme is not known."""
    needed: dict[str, float | None] = {"break_even_margin_per_piece": None, "break_even_response": None}
    mailed, cost, per_order = row["mailed"], row["cost"], row["margin_per_order"]
    if not mailed or cost is None or account.gain is None:
        return needed
    if settings.earlier_practice == "mail all":
        unsent = settings.unsent_margin_share * row["pieces_not_sent"]
        most = (row["saved_mailing_cost"] - cost) / unsent if unsent else None
        return needed | {"break_even_margin_per_piece": most}
    if settings.earlier_practice == "as last year":
        return needed | {
            "break_even_margin_per_piece": (row["earlier_margin"] - row["saved_mailing_cost"] + cost) / mailed
        }
    needed["break_even_margin_per_piece"] = (cost + row["mailing_cost"]) / mailed
    if per_order is not None and per_order > 0:
        needed["break_even_response"] = break_even_response(
            row["mailing_cost"] / mailed, per_order, fixed_cost=cost, pieces=mailed
        )
    return needed


def _note(row: dict[str, Any], account: Account, balance: Balance, basis: str) -> str | None:
    notes = list(account.problems)
    if balance.left_out.height and balance.unmeasured is None:
        notes.insert(0, f"mailings not counted: {say_reasons(balance.left_out)}")
    if row["running"]:
        notes.append(f"mailings whose window is still open, so counted nowhere yet: {row['running']:,}")
    if not row["campaigns"] and not row["not_counted"]:
        notes.append(NOTHING_ENDED)
    if basis == "observational":
        notes.append(NO_HOLD_OUT)
    return "; ".join(notes) or None
