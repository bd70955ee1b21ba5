"""The account of one basis: costs, gains and what is left, by month."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from segmentation.payback.estimates import Estimate, columns_of
from segmentation.payback.practice import Balance, say_reasons
from segmentation.payback.simulation import Array, simulate_margins
from segmentation.payback.timeline import Timeline

NO_PRACTICE = "no saved mailing is claimed: programme.earlier_practice is not set"
SAVINGS = {"pieces_not_sent": pl.Int64, "saved_mailing_cost": pl.Float64}
COSTS = ("cost_once", "cost_running")


@dataclass(frozen=True)
class Account:
    """What is known of every month; an estimate that is not known is None, for a reason among `problems`.

    Attributes:
        months: one row per month: `number`, `month`, `campaigns`, `not_counted`, `mailed`, `mailing_cost`,
            `pieces_not_sent`, `saved_mailing_cost`, `cost_once`, `cost_running`, `left_out` (in words).
        margin: what the mailings brought.
        earlier: what the earlier practice would have brought.
        gain: margin and mailing cost against those of the earlier practice.
        net: gain less the cost of the programme.
    """

    months: pl.DataFrame
    margin: Estimate | None
    earlier: Estimate | None
    gain: Estimate | None
    net: Estimate | None
    problems: tuple[str, ...]


def open_account(
    balance: Balance, costs: pl.DataFrame | None, timeline: Timeline, problems: list[str], *, together: bool, seed: int
) -> Account:
    """Put costs and gains side by side.

    Args:
        balance: see practice.draw_balance.
        costs: see costs.spread_costs; None where costs cannot be told.
        problems: why they cannot.
        together, seed: see simulation.simulate_margins.
    """
    months = _lay_out(balance, costs, timeline)
    simulated = simulate_margins(balance.effects, months=timeline.months, together=together, seed=seed)
    margin = Estimate(_expect(balance.effects, "of_programme", timeline), simulated.programme)
    earlier = Estimate(_expect(balance.effects, "of_earlier", timeline), simulated.earlier)
    spent = months["mailing_cost"] if balance.saved is None else -months["saved_mailing_cost"]
    is_told = balance.unmeasured is None and balance.uncompared is None
    gain = margin.minus(earlier).less(spent.to_numpy()) if is_told else None
    net = gain.less((months["cost_once"] + months["cost_running"]).to_numpy()) if gain and costs is not None else None
    no_practice = NO_PRACTICE if balance.saved is None else None
    return Account(
        months if is_told else months.with_columns(pl.lit(None).alias(name) for name in SAVINGS),
        margin if balance.unmeasured is None else None,
        earlier if is_told and balance.saved is not None else None,
        gain,
        net,
        tuple(filter(None, (balance.unmeasured, balance.uncompared, *problems, no_practice))),
    )


def _lay_out(balance: Balance, costs: pl.DataFrame | None, timeline: Timeline) -> pl.DataFrame:
    """Everything but the estimates, by month."""
    counted = balance.mailings.group_by("number", maintain_order=True).agg(
        campaigns=pl.len().cast(pl.Int64), mailed=pl.col("mailed").sum(), mailing_cost=pl.col("cost").sum()
    )
    left_out = pl.DataFrame(
        [
            (number, rows.height, f"mailings not counted: {say_reasons(rows)}")
            for (number,), rows in balance.left_out.partition_by("number", as_dict=True).items()
        ],
        schema={"number": pl.Int32, "not_counted": pl.Int64, "left_out": pl.String},
        orient="row",
    )
    nothing = pl.lit(None) if balance.saved is None else pl.lit(0)
    saved = pl.DataFrame(schema={"number": pl.Int32, **SAVINGS}) if balance.saved is None else balance.saved
    unknown = timeline.frame().select("number", *(pl.lit(None, pl.Float64).alias(name) for name in COSTS))
    months = timeline.frame()
    for part in (counted, left_out, saved, unknown if costs is None else costs):
        months = months.join(part, on="number", how="left", maintain_order="left")
    return months.with_columns(
        pl.col("campaigns", "mailed", "mailing_cost", "not_counted").fill_null(0), pl.col(*SAVINGS).fill_null(nothing)
    )


def _expect(effects: pl.DataFrame, times: str, timeline: Timeline) -> Array:
    """The estimates, summed by month in the order of the mailings."""
    months = np.zeros(timeline.months)
    rows = effects.sort("campaign_id", "number")
    np.add.at(months, rows["number"].to_numpy(), (rows["estimate"] * rows[times]).to_numpy())
    return months


def list_months(account: Account) -> pl.DataFrame:
    """The rows of response.payback, without `basis`."""
    rows = account.months.height
    cumulative = account.net.summed() if account.net else None
    shares = (cumulative.draws >= 0).mean(axis=0) if cumulative else [None] * rows
    margins = columns_of(account.margin, "incremental_margin", rows)
    unmeasured = (pl.col("campaigns") == 0) & (pl.col("not_counted") > 0)
    notes = [pl.col("left_out"), *(pl.lit(problem) for problem in account.problems)]
    return account.months.with_columns(
        *margins,
        *columns_of(account.earlier, "earlier_margin", rows),
        *columns_of(account.net, "net", rows),
        *columns_of(cumulative, "cumulative_net", rows),
        pl.Series("payback_share", shares, dtype=pl.Float64),
    ).with_columns(
        *(pl.when(~unmeasured).then(pl.col(margin.name)).alias(margin.name) for margin in margins),
        payback_reached=judge("cumulative_net"),
        note=pl.when(pl.any_horizontal(note.is_not_null() for note in notes)).then(
            pl.concat_str(notes, separator="; ", ignore_nulls=True)
        ),
    )


def judge(name: str) -> pl.Expr:
    """Whether money is not below 0: yes or no where the whole interval says so, else not proven."""
    return (
        pl.when(pl.col(f"{name}_ci_low") >= 0)
        .then(pl.lit("yes"))
        .when(pl.col(f"{name}_ci_high") < 0)
        .then(pl.lit("no"))
        .otherwise(pl.lit("not proven"))
    )
