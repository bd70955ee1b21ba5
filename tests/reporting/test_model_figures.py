import polars as pl

from segmentation.prediction.card import CARD_SCHEMA, CURVES_SCHEMA
from segmentation.reporting.model_figures import describe_models
from tests.reporting.languages import ENGLISH


def card(**others: object) -> dict[str, object]:
    return {
        "kind": "uplift",
        "candidate": "S-learner",
        "learns": "uplift",
        "customers": 1000,
        "responses": 100,
        "gain": 2.0,
        "gain_ci_low": 1.0,
        "gain_ci_high": 3.0,
        "chosen": True,
        "note": "it gains most",
    } | others


def curve(name: str, kind: str, values: list[float]) -> pl.DataFrame:
    shares = [0.0, 0.5, 1.0]
    rows = {"kind": [kind] * 3, "curve": [name] * 3, "share": shares, "value": values, "ci_low": [0.0] * 3}
    return pl.DataFrame(
        rows | {"ci_high": [90.0] * 3, "at_random": [values[-1] * share for share in shares]}, schema=CURVES_SCHEMA
    )


def test_the_page_says_what_half_the_list_brings_and_why_the_model_is_used() -> None:
    models = pl.DataFrame([card(), card(candidate="other", chosen=False, note=None)], schema=CARD_SCHEMA)
    found = describe_models(models, curve("qini", "uplift", [0, 40, 60]), ENGLISH)
    assert found is not None
    assert "Mailing the better half brought 40.0 more responses per 1,000" in found["sentences"][0]
    assert "any half, 30.0" in found["sentences"][0]
    assert found["reasons"] == ["Of uplift: it gains most"]
    assert [row["candidate"] for row in found["rows"]] == ["S-learner", "other"]
    assert found["rows"][0]["gain"].interval == "1.0 to 3.0"
    (picture,) = found["pictures"]
    assert "40.0 (0.0 to 90.0), in a random order 30.0" in picture["picture"].alt
    assert picture["picture"].svg.startswith("<svg")


def test_a_kind_without_a_model_has_its_reason_and_no_row() -> None:
    nothing = card(candidate="none", learns=None, gain=None, chosen=False, note="nobody was held out")
    found = describe_models(pl.DataFrame([nothing], schema=CARD_SCHEMA), pl.DataFrame(schema=CURVES_SCHEMA), ENGLISH)
    assert found is not None
    assert found["sentences"] == ["There is no uplift model: nobody was held out."]
    assert (found["rows"], found["pictures"], found["more"]) == ([], [], 0)


def test_without_a_plan_nothing_is_said() -> None:
    assert describe_models(pl.DataFrame(schema=CARD_SCHEMA), pl.DataFrame(schema=CURVES_SCHEMA), ENGLISH) is None
