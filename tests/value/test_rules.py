import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segmentation.value.rules import GROUPS, MEASURES, PORTFOLIO_RULES, PortfolioRule, check_rules

KEEP = PortfolioRule(name="keep")


def rule(name: str, at_least: dict[str, float] | None = None, below: dict[str, float] | None = None) -> PortfolioRule:
    return PortfolioRule.model_validate({"name": name, "at_least": at_least or {}, "below": below or {}})


def group(**measures: float | None) -> str:
    known = {name: measures.get(name) for name in MEASURES}
    return next(rule.name for rule in PORTFOLIO_RULES if rule.fits(known))


def test_the_rules_are_checked_and_make_all_four_groups() -> None:
    assert check_rules(PORTFOLIO_RULES) == PORTFOLIO_RULES
    assert {rule.name for rule in PORTFOLIO_RULES} == set(GROUPS)


def test_customers_a_marketer_would_know() -> None:
    good = {"expected_margin": 1.0, "expected_profit": 50.0, "profit_to_date": 0.0, "service_share": 0.1}
    assert group(**good) == "grow"
    assert group(**good | {"profit_to_date": -1.0}) == "keep"
    assert group(**good | {"expected_margin": 0.5}) == "keep"
    assert group(**good | {"service_share": 0.25}) == "cheaper service"
    assert group(expected_margin=0.01, expected_profit=-0.5, profit_to_date=90.0) == "let go"
    assert group() == "keep", "of whom nothing is known, nothing is decided"


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ((rule("grow", {"expected_margin": 1}),), "some customers fit no rule"),
        ((), "some customers fit no rule"),
        ((KEEP, rule("grow", {"expected_margin": 1})), r"rule 2 \(grow\) is never reached"),
        ((rule("grow", {"expected_margin": 1}, {"expected_margin": 1}), KEEP), r"rule 1 \(grow\) is never reached"),
        ((rule("let go", below={"service_share": 0}), KEEP), r"rule 1 \(let go\) is never reached"),
        (
            (rule("grow", {"expected_margin": 1}), rule("grow", {"expected_margin": 2, "service_share": 0.1}), KEEP),
            r"rule 2 \(grow\) is never reached",
        ),
    ],
)
def test_rules_that_leave_somebody_out_or_are_never_reached(rules: tuple[PortfolioRule, ...], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_rules(rules)


bounds = st.dictionaries(st.sampled_from(MEASURES), st.sampled_from([-1.0, 0.0, 1.0]), max_size=3)


@given(st.lists(st.builds(rule, st.sampled_from(GROUPS), bounds, bounds), max_size=4))
def test_the_check_agrees_with_trying_many_customers(rules: list[PortfolioRule]) -> None:
    """Between, at and beyond all bounds used here."""
    values = (None, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
    customers = itertools.product(values, values, values, [value for value in values if value is None or value >= 0])
    chosen = {
        next((number for number, rule in enumerate(rules) if rule.fits(dict(zip(MEASURES, each, strict=True)))), None)
        for each in customers
    }
    if None in chosen or len(chosen) < len(rules):
        with pytest.raises(ValueError, match=r"fit no rule|never reached"):
            check_rules(tuple(rules))
    else:
        assert check_rules(tuple(rules)) == tuple(rules)
