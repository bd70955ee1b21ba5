"""What the page says of models: who ranks the list, how good that is, and what else was tried."""

from typing import Any

import polars as pl

from segmentation.reporting.charts import Picture
from segmentation.reporting.model_charts import draw_depth, draw_tenths
from segmentation.reporting.numbers import about, count, percent, rounded_money, show

Row = dict[str, Any]

MOST_SHOWN = 8  # candidates of a kind
HALF = 0.5


def describe_models(models: pl.DataFrame, curves: pl.DataFrame, currency: str) -> dict[str, Any] | None:
    """Sentences, pictures and the table of candidates; None where no plan was made with models.

    Args:
        models: rows of sql/report_models.sql.
        curves: rows of sql/report_model_curves.sql.
    """
    if models.is_empty():
        return None
    kinds = {kind: models.filter(pl.col("kind") == kind) for kind in ("uplift", "response")}
    return {
        "sentences": [_tell(kind, rows, curves) for kind, rows in kinds.items() if rows.height],
        "pictures": [picture for picture in _pictures(curves, currency) if picture is not None],
        "rows": [_describe(row) for rows in kinds.values() for row in _shown(rows).iter_rows(named=True)],
        "reasons": [
            f"Of {kind}: {reason}"
            for kind, reason in models.filter(pl.col("chosen") & pl.col("note").is_not_null())
            .select("kind", "note")
            .sort("kind", descending=True)
            .iter_rows()
        ],
        "more": sum(rows["gain"].count() - _shown(rows).height for rows in kinds.values()),
    }


def _shown(rows: pl.DataFrame) -> pl.DataFrame:
    """The chosen, then the best of the others; none of a kind without a model."""
    return rows.filter(pl.col("gain").is_not_null()).head(MOST_SHOWN)


def _describe(row: Row) -> Row:
    gain = show(row["gain"], about, low=row["gain_ci_low"], high=row["gain_ci_high"])
    return {name: row[name] for name in ("kind", "candidate", "learns", "chosen")} | {"gain": gain}


def _tell(kind: str, rows: pl.DataFrame, curves: pl.DataFrame) -> str:
    chosen = rows.filter("chosen").to_dicts()
    if not chosen:
        return f"There is no {kind} model: {rows['note'][0]}."
    best = chosen[0]
    trained = f"learnt from {count(best['customers'])} customers with {count(best['responses'])} responses"
    if kind == "uplift":
        half = _at(curves, "qini", HALF)
        return (
            f"Whom the mailing moves: {best['candidate']} ({best['learns']}), {trained}, hold-outs included. Mailing"
            f" the better half brought {about(half['value'])} more responses per 1,000 customers of the list "
            f"({about(half['ci_low'])} to {about(half['ci_high'])}); any half, {about(half['at_random'])}."
        )
    half = _at(curves, "gains", HALF)
    return (
        f"Who responds: {best['candidate']}, {trained}. The likelier half of the mailed gave {percent(half['value'])} "
        f"of the responses ({percent(half['ci_low'])} to {percent(half['ci_high'])}). Who is likely to respond need "
        "not be moved by the mailing: only a hold-out tells that."
    )


def _at(curves: pl.DataFrame, curve: str, share: float) -> Row:
    return curves.filter((pl.col("curve") == curve) & (pl.col("share") == share)).row(0, named=True)


def _pictures(curves: pl.DataFrame, currency: str) -> list[Row | None]:
    return [
        _depth(
            curves, "qini", "More responses per 1,000 customers", about, "Brought by the mailing, against hold-outs"
        ),
        _tenths(curves),
        _depth(
            curves,
            "profit",
            f"Profit per 1,000 customers{', ' + currency if currency else ''}",
            rounded_money(currency),
            "Profit by how many are mailed",
        ),
        _depth(curves, "gains", "Percent of all responses", None, "Responses of the mailed"),
    ]


def _depth(curves: pl.DataFrame, curve: str, unit: str, write: Any, title: str) -> Row | None:
    points = curves.filter(pl.col("curve") == curve)
    if points.is_empty():
        return None
    half = _at(curves, curve, HALF)
    scale = 1 if write else 100
    values = ("value", "ci_low", "ci_high", "at_random")
    drawn = points.select(pl.col("share") * 100, *(pl.col(name) * scale for name in values))
    written = write or percent
    alt = (
        f"{title}: with half of the list mailed {written(half['value'])} ({written(half['ci_low'])} to "
        f"{written(half['ci_high'])}), in a random order {written(half['at_random'])}."
    )
    return {"title": title, "picture": Picture(draw_depth(drawn, unit=unit), alt)}


def _tenths(curves: pl.DataFrame) -> Row | None:
    tenths = curves.filter(pl.col("curve") == "tenths")
    if tenths.is_empty():
        return None
    drawn = tenths.with_row_index("tenth", offset=1)
    first, last = (drawn.row(at, named=True) for at in (0, -1))
    alt = (
        f"More responses per 1,000 mailed by tenth of the list: {about(first['value'])} in the best, "
        f"{about(last['value'])} in the last, {about(first['at_random'])} on average."
    )
    svg = draw_tenths(drawn, unit="More responses per 1,000 mailed")
    return {"title": "Brought by each tenth of the list", "picture": Picture(svg, alt)}
