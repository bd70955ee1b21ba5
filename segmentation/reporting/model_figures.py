"""What the page says of models: who ranks the list, how good that is, and what else was tried."""

from typing import Any

import polars as pl

from segmentation.reporting.catalogue import to_say
from segmentation.reporting.charts import Picture
from segmentation.reporting.model_charts import draw_depth, draw_tenths
from segmentation.reporting.numbers import Writer
from segmentation.reporting.words import Words

Row = dict[str, Any]

MOST_SHOWN = 8  # candidates of a kind
HALF = 0.5
NO_MODEL = {
    "uplift": to_say("There is no uplift model: %(why)s."),
    "response": to_say("There is no response model: %(why)s."),
}


def describe_models(models: pl.DataFrame, curves: pl.DataFrame, words: Words) -> dict[str, Any] | None:
    """Sentences, pictures and the table of candidates; None where no plan was made with models.

    Args:
        models: rows of sql/report_models.sql.
        curves: rows of sql/report_model_curves.sql.
    """
    if models.is_empty():
        return None
    kinds = {kind: models.filter(pl.col("kind") == kind) for kind in ("uplift", "response")}
    return {
        "sentences": [_tell(kind, rows, curves, words) for kind, rows in kinds.items() if rows.height],
        "pictures": [picture for picture in _pictures(curves, words) if picture is not None],
        "rows": [_describe(row, words) for rows in kinds.values() for row in _shown(rows).iter_rows(named=True)],
        "reasons": [
            words("Of %(kind)s: %(why)s", kind=words.stored(kind), why=words.stored(reason))
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


def _describe(row: Row, words: Words) -> Row:
    gain = words.show(row["gain"], words.about, low=row["gain_ci_low"], high=row["gain_ci_high"])
    names = {name: words.stored(row[name]) for name in ("kind", "candidate", "learns")}
    return names | {"chosen": row["chosen"], "gain": gain}


def _tell(kind: str, rows: pl.DataFrame, curves: pl.DataFrame, words: Words) -> str:
    chosen = rows.filter("chosen").to_dicts()
    if not chosen:
        return words(NO_MODEL[kind], why=words.stored(rows["note"][0]))
    best = chosen[0]
    said = {
        "model": words.stored(best["candidate"]),
        "customers": words.count(best["customers"]),
        "responses": words.count(best["responses"]),
    }
    if kind == "uplift":
        return words(
            "Whom the mailing moves: %(model)s (%(learns)s), learnt from %(customers)s customers with %(responses)s "
            "responses, hold-outs included. Mailing the better half brought %(half)s more responses per 1,000 "
            "customers of the list (%(low)s to %(high)s); any half, %(any)s.",
            **said,
            learns=words.stored(best["learns"]),
            **_write_half(_at(curves, "qini", HALF), words.about),
        )
    return words(
        "Who responds: %(model)s, learnt from %(customers)s customers with %(responses)s responses. The likelier half "
        "of the mailed gave %(half)s of the responses (%(low)s to %(high)s). Who is likely to respond need not be "
        "moved by the mailing: only a hold-out tells that.",
        **said,
        **_write_half(_at(curves, "gains", HALF), words.percent),
    )


def _write_half(half: Row, write: Writer) -> dict[str, str]:
    names = {"half": "value", "low": "ci_low", "high": "ci_high", "any": "at_random"}
    return {name: write(half[column]) for name, column in names.items()}


def _at(curves: pl.DataFrame, curve: str, share: float) -> Row:
    return curves.filter((pl.col("curve") == curve) & (pl.col("share") == share)).row(0, named=True)


def _pictures(curves: pl.DataFrame, words: Words) -> list[Row | None]:
    profit = words.of_money(words("Profit per 1,000 customers"))
    brought = words("Brought by the mailing, against hold-outs")
    return [
        _depth(curves, "qini", words("More responses per 1,000 customers"), words.about, brought, words),
        _tenths(curves, words),
        _depth(curves, "profit", profit, words.rounded_money(), words("Profit by how many are mailed"), words),
        _depth(curves, "gains", words("Percent of all responses"), None, words("Responses of the mailed"), words),
    ]


def _depth(curves: pl.DataFrame, curve: str, unit: str, write: Writer | None, title: str, words: Words) -> Row | None:
    """A curve of rates where there is no `write`."""
    points = curves.filter(pl.col("curve") == curve)
    if points.is_empty():
        return None
    scale = 1 if write else 100
    values = ("value", "ci_low", "ci_high", "at_random")
    drawn = points.select(pl.col("share") * 100, *(pl.col(name) * scale for name in values))
    alt = words(
        "%(title)s: with half of the list mailed %(half)s (%(low)s to %(high)s), in a random order %(any)s.",
        title=title,
        **_write_half(_at(curves, curve, HALF), write or words.percent),
    )
    return {"title": title, "picture": Picture(draw_depth(drawn, words, unit=unit), alt)}


def _tenths(curves: pl.DataFrame, words: Words) -> Row | None:
    tenths = curves.filter(pl.col("curve") == "tenths")
    if tenths.is_empty():
        return None
    drawn = tenths.with_row_index("tenth", offset=1)
    first, last = (drawn.row(at, named=True) for at in (0, -1))
    alt = words(
        "More responses per 1,000 mailed by tenth of the list: %(best)s in the best, %(last)s in the last, %(mean)s on "
        "average.",
        best=words.about(first["value"]),
        last=words.about(last["value"]),
        mean=words.about(first["at_random"]),
    )
    svg = draw_tenths(drawn, words, unit=words("More responses per 1,000 mailed"))
    return {"title": words("Brought by each tenth of the list"), "picture": Picture(svg, alt)}
