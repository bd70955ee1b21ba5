"""What a run shows of a plan."""

import polars as pl

from segmentation.digests.pieces import Piece, Table, Text, embed, tell_answer, write
from segmentation.reporting.campaign_figures import describe_waterfall
from segmentation.reporting.comparison_figures import describe_power
from segmentation.reporting.glance import Row, answer_what_to_mail
from segmentation.reporting.words import Words


def show_plan(plan: Row, waterfall: pl.DataFrame, power: pl.DataFrame, words: Words) -> list[Piece]:
    """Figures, waterfall and power of the hold-out of one plan.

    Args:
        plan: the row of sql/report_plan.sql.
        waterfall: rows of sql/plan_waterfall.sql.
        power: rows of sql/plan_power.sql.
    """
    name = plan["plan_id"]
    pieces: list[Piece] = [
        Text("plan", f"Plan {name}: whom to mail and what it may bring", tell_plan(plan, words)),
        Table("plan-waterfall", f"Plan {name}: who is left out, and why", tell_waterfall(waterfall, words)),
    ]
    if picture := describe_waterfall(waterfall, words):
        pieces.append(
            Text("plan-picture", f"Plan {name}: from all customers to the mailed", embed(picture.svg, picture.alt))
        )
    if not power.is_empty():
        pieces.append(Table("plan-power", f"Plan {name}: what the hold-out can show", tell_power(power, words)))
    return pieces


def tell_plan(plan: Row, words: Words) -> str:
    """Figures of a plan as Markdown."""
    return f"{tell_answer(answer_what_to_mail(plan, words))}\n\nPlan: `{plan['plan_id']}`"


def tell_waterfall(steps: pl.DataFrame, words: Words) -> list[dict[str, str]]:
    """One row per step at which somebody leaves, and the last."""
    shown = steps.filter((pl.col("customers_removed") > 0) | (pl.col("step") == pl.col("step").max()))
    return [
        {
            "Step": row["reason"],
            "Before": words.count(row["customers_before"]),
            "Leave": words.count(row["customers_removed"]),
            "Remain": words.count(row["customers_after"]),
        }
        for row in shown.iter_rows(named=True)
    ]


def tell_power(power: pl.DataFrame, words: Words) -> list[dict[str, str]]:
    """One row per test cell."""
    labels = {
        "mailed": "Mailed",
        "held_out": "Held out",
        "smallest_uplift": "Smallest uplift it shows",
        "expected_uplift": "Uplift expected",
        "held_out_needed": "Held out needed for that",
    }
    return [
        {"Cell": row["cell"]} | {label: write(row["figures"][name]) for name, label in labels.items()}
        for row in describe_power(power, words)
    ]
