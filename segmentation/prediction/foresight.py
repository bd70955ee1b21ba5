"""What is expected of each customer of a plan, and what that rests on."""

import polars as pl

RANDOMISED = "randomised uplift model"
MOST_TIMES = 3.0  # of the segment's mean, beyond which the expected revenue of a customer does not count
FORESIGHT_SCHEMA = {
    "customer_id": pl.String,
    "model_response": pl.Float64,
    "model_value": pl.Float64,
    "model_uplift": pl.Float64,
}


def refine(
    eligible: pl.DataFrame, foreseen: pl.DataFrame, *, method: str | None, margin_rate: float | None, unit_cost: float
) -> pl.DataFrame:
    """Put what models say of a customer in the place of what is known of the segment.

    Where an uplift model was learnt from hold-outs, its revenue uplift is taken. Else the uplift of the segment is
    shared out by the expected revenue of each customer if mailed, of which no more than MOST_TIMES the mean counts:
    within a segment it is assumed to go with the revenue, and the segment's sum stays what it was. An uplift of 0 or
    below is not shared out.

    Args:
        eligible: `customer_id`, `segment`, `expected_response` and `expected_uplift` of the segment.
        foreseen: FORESIGHT_SCHEMA; NULL, or no row, where no model speaks of the customer.
        method: of the segments' uplift: `randomised` or `observational`; None without any.
    Returns: `eligible` with `expected_response`, `expected_uplift`, `expected_margin`, `expected_profit` (margin less
        the piece), `proven_profit` (the same where it rests on a randomised model, else NULL) and `basis`.
    """
    joined = eligible.join(foreseen, on="customer_id", how="left", maintain_order="left")
    revenue = pl.col("model_response") * pl.col("model_value").fill_null(1.0)
    times = (revenue / revenue.mean().over("segment")).clip(0, MOST_TIMES)
    shared = pl.col("expected_uplift") * times / times.mean().over("segment")
    has_share = (pl.col("expected_uplift") > 0) & shared.is_not_nan() & shared.is_not_null()
    margin = pl.lit(margin_rate, dtype=pl.Float64)
    of_segment = f"{method} uplift of the segment"
    return (
        joined.with_columns(
            expected_response=pl.coalesce("model_response", "expected_response"),
            expected_uplift=pl.when(pl.col("model_uplift").is_not_null())
            .then("model_uplift")
            .when(has_share)
            .then(shared)
            .otherwise("expected_uplift"),
            basis=pl.when(pl.col("model_uplift").is_not_null())
            .then(pl.lit(RANDOMISED))
            .when(has_share)
            .then(pl.lit(f"{of_segment}, by expected response"))
            .when(pl.col("expected_uplift").is_not_null())
            .then(pl.lit(of_segment))
            .when(pl.col("model_response").is_not_null())
            .then(pl.lit("response model alone"))
            .when(pl.col("expected_response").is_not_null())
            .then(pl.lit("response rate of the segment alone")),
        )
        .with_columns(expected_margin=pl.col("expected_uplift") * margin)
        .with_columns(expected_profit=pl.col("expected_margin") - unit_cost)
        .with_columns(proven_profit=pl.when(pl.col("basis") == RANDOMISED).then("expected_profit"))
        .drop("model_response", "model_value", "model_uplift")
    )
