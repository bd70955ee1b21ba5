"""What is published of models: the model card and the curves."""

from typing import Any

import numpy as np
import polars as pl

from segmentation.prediction.choice import Judged
from segmentation.prediction.learning import Learnt, ResponseModel, UpliftModel
from segmentation.prediction.qini import Array, Curve, qini_curve
from segmentation.prediction.resampling import Resampled, resample_curves
from segmentation.prediction.response import interval_of_slope

SHARES = np.linspace(0, 1, 21)
TENTHS = np.linspace(0, 1, 11)
INTERVAL = (0.025, 0.975)

CARD_SCHEMA: dict[str, Any] = {
    "kind": pl.String,
    "candidate": pl.String,
    "learns": pl.String,
    "outcome": pl.String,
    "campaigns": pl.String,
    "customers": pl.Int64,
    "responses": pl.Int64,
    "columns": pl.String,
    "gain": pl.Float64,
    "gain_ci_low": pl.Float64,
    "gain_ci_high": pl.Float64,
    "calibration_slope": pl.Float64,
    "calibration_slope_ci_low": pl.Float64,
    "calibration_slope_ci_high": pl.Float64,
    "chosen": pl.Boolean,
    "note": pl.String,
}
CURVES_SCHEMA: dict[str, Any] = {
    "kind": pl.String,
    "curve": pl.String,
    "share": pl.Float64,
    "value": pl.Float64,
    "ci_low": pl.Float64,
    "ci_high": pl.Float64,
    "at_random": pl.Float64,
}


def describe_models(learnt: Learnt) -> pl.DataFrame:
    """The model card: one row per kind and candidate; of a kind without model one row with the reason."""
    rows: list[dict[str, Any]] = []
    for kind, model in (("response", learnt.response), ("uplift", learnt.uplift)):
        trained = trained_on(learnt, kind)
        common = {
            "kind": kind,
            "campaigns": ", ".join(trained["campaign_id"].unique().sort()),
            "customers": trained.height,
        }
        if isinstance(model, str):
            rows.append(common | {"candidate": "none", "chosen": False, "note": model})
            continue
        common |= {
            "outcome": model.outcome,
            "responses": int(trained[model.outcome].sum()),
            "columns": ", ".join(learnt.encoding.names),
        }
        rows += [common | _tell(judged, model) for judged in model.choice.judged]
    return pl.DataFrame(rows, schema=CARD_SCHEMA)


def trained_on(learnt: Learnt, kind: str) -> pl.DataFrame:
    """The rows of a kind of model: the mailed, or the campaigns with a hold-out."""
    rows = learnt.rows
    if rows.is_empty():
        return pl.DataFrame(schema={"campaign_id": pl.String})
    if kind == "response":
        return rows.filter("treated")
    return rows.filter(pl.col("treated").any().over("campaign_id") & (~pl.col("treated")).any().over("campaign_id"))


def _tell(judged: Judged, model: ResponseModel | UpliftModel) -> dict[str, Any]:
    chosen = judged is model.choice.chosen
    row: dict[str, Any] = {
        "candidate": judged.candidate.name,
        "learns": judged.candidate.learns,
        "gain": judged.gain,
        "gain_ci_low": judged.low,
        "gain_ci_high": judged.high,
        "chosen": chosen,
        "note": model.choice.reason if chosen else None,
    }
    if chosen and isinstance(model, ResponseModel):
        row["calibration_slope"] = model.rate.slope
        row["calibration_slope_ci_low"], row["calibration_slope_ci_high"] = interval_of_slope(model.rate)
    return row


def describe_curves(
    model: ResponseModel | UpliftModel | str,
    *,
    margin_rate: float | None,
    unit_cost: float,
    seed: int,
) -> pl.DataFrame:
    """Curves of the chosen candidate on customers it had not seen, with bands of 95 % and what a random order gives.

    `gains`: share of all responses that come from the share mailed (a response model). `qini`: incremental responses
    per 1,000 customers of the list, `tenths`: incremental responses per 1,000 mailed of each tenth, best first, and
    `profit`: incremental margin less the cost of the pieces per 1,000 customers of the list (an uplift model).
    """
    if isinstance(model, str):
        return pl.DataFrame(schema=CURVES_SCHEMA)
    chosen = model.choice.chosen
    curve = _curve_of(model, model.sample.outcome)
    if isinstance(model, ResponseModel):
        return _gains(curve, chosen.curves)
    scale = 1000 / float((model.sample.weight * model.sample.treated).sum())
    found = [_qini(curve, chosen.curves, scale), _tenths(curve, chosen.curves, scale)]
    if margin_rate is not None:
        found.append(_profit(model, scale, margin_rate, unit_cost, seed))
    return pl.concat(found)


def _curve_of(model: ResponseModel | UpliftModel, outcome: Array) -> Curve:
    """What `outcome` comes to in the order of the chosen candidate."""
    sample = model.sample
    return qini_curve(outcome, sample.treated, model.choice.chosen.scores, sample.weight)


def _gains(curve: Curve, drawn: Resampled) -> pl.DataFrame:
    share_found, bands = curve.at(SHARES) / curve.gain[-1], drawn.at(SHARES) / drawn.gain[:, -1:]
    return _rows("response", "gains", SHARES, share_found, bands, SHARES)


def _qini(curve: Curve, drawn: Resampled, scale: float) -> pl.DataFrame:
    at_random = scale * curve.gain[-1] * SHARES
    return _rows("uplift", "qini", SHARES, scale * curve.at(SHARES), scale * drawn.at(SHARES), at_random)


def _tenths(curve: Curve, drawn: Resampled, scale: float) -> pl.DataFrame:
    value, bands = 10 * scale * np.diff(curve.at(TENTHS)), 10 * scale * np.diff(drawn.at(TENTHS), axis=1)
    return _rows("uplift", "tenths", TENTHS[1:], value, bands, np.full(10, scale * curve.gain[-1]))


def _profit(model: UpliftModel, scale: float, margin_rate: float, unit_cost: float, seed: int) -> pl.DataFrame:
    sample, scores = model.sample, {"chosen": model.choice.chosen.scores}
    curve = _curve_of(model, sample.revenue)
    drawn = resample_curves(sample.revenue, sample.treated, scores, weight=sample.weight, seed=seed)["chosen"]
    cost, margin = 1000 * unit_cost * SHARES, scale * margin_rate
    value, bands = margin * curve.at(SHARES) - cost, margin * drawn.at(SHARES) - cost
    return _rows("uplift", "profit", SHARES, value, bands, margin * curve.gain[-1] * SHARES - cost)


def _rows(kind: str, curve: str, share: Array, value: Array, drawn: Array, at_random: Array) -> pl.DataFrame:
    low, high = np.quantile(drawn, INTERVAL, axis=0)
    return pl.DataFrame(
        {
            "kind": [kind] * len(share),
            "curve": [curve] * len(share),
            "share": share.round(4),
            "value": value,
            "ci_low": low,
            "ci_high": high,
            "at_random": at_random,
        },
        schema=CURVES_SCHEMA,
    )
