"""PORTFOLIO_RULES: what to do with a customer, by what they bring and cost; the first rule that fits wins.

Rules are data and can be set (`value.portfolio`). An unknown measure fits no condition.
"""

import itertools
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Group = Literal["grow", "keep", "cheaper service", "let go"]
Measure = Literal["expected_margin", "expected_profit", "profit_to_date", "service_share"]
Bound = Annotated[float, Field(allow_inf_nan=False)]

GROUPS: tuple[Group, ...] = get_args(Group)
MEASURES: tuple[Measure, ...] = get_args(Measure)
LEAST: Mapping[Measure, float] = {"service_share": 0.0}  # other measures may be below 0
ADVICE: Mapping[Group, str] = {
    "grow": "Invest: better offers, and more of them",
    "keep": "Go on as now",
    "cheaper service": "Answer without staff, or by e-mail",
    "let go": "Stop mailing",
}


class PortfolioRule(BaseModel):
    """Customers with each measure of `at_least` at or above its bound and each of `below` under it.

    Measures: `expected_margin` of the next 12 months, in means of all customers (1 is the mean); `expected_profit`,
    what is left of it after contact and service cost as in the last 12 months, in money; `profit_to_date` in money;
    `service_share`, service cost to date as a share of the margin to date.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Group
    at_least: dict[Measure, Bound] = {}
    below: dict[Measure, Bound] = {}

    def fits(self, measures: Mapping[Measure, float | None]) -> bool:
        """Whether every condition holds; none does on a measure that is None."""
        return all(
            (value := measures[name]) is not None and value >= bound for name, bound in self.at_least.items()
        ) and all((value := measures[name]) is not None and value < bound for name, bound in self.below.items())


PORTFOLIO_RULES: tuple[PortfolioRule, ...] = (
    PortfolioRule(name="cheaper service", at_least={"service_share": 0.25, "expected_margin": 0.25}),
    PortfolioRule(name="grow", at_least={"expected_margin": 1, "profit_to_date": 0}),
    PortfolioRule(name="let go", below={"expected_profit": 0}),
    PortfolioRule(name="keep"),
)


def list_rules(rules: tuple[PortfolioRule, ...]) -> list[dict[str, object]]:
    """One row per rule in order: `rank`, `name`, and each measure's `<measure>_at_least` and `<measure>_below`."""
    return [
        {
            "rank": rank,
            "name": rule.name,
            **{f"{measure}_at_least": rule.at_least.get(measure) for measure in MEASURES},
            **{f"{measure}_below": rule.below.get(measure) for measure in MEASURES},
        }
        for rank, rule in enumerate(rules)
    ]


def check_rules(rules: tuple[PortfolioRule, ...]) -> tuple[PortfolioRule, ...]:
    """The same rules, if every customer fits one and every rule can be the first to fit somebody.

    A condition changes its answer at its bound only, so trying each measure at every bound, under all of them, and
    unknown, tries everything.

    Raises:
        ValueError: some customers fit no rule, or a rule is never reached.
    """
    reached = {_first(rules, measures) for measures in _every_case(rules)}
    if None in reached:
        raise ValueError("some customers fit no rule; let the last rule have neither at_least nor below")
    for number, rule in enumerate(rules):
        if number not in reached:
            raise ValueError(
                f"rule {number + 1} ({rule.name}) is never reached: it fits nobody whom no rule before it fits"
            )
    return rules


def _first(rules: tuple[PortfolioRule, ...], measures: Mapping[Measure, float | None]) -> int | None:
    return next((number for number, rule in enumerate(rules) if rule.fits(measures)), None)


def _every_case(rules: tuple[PortfolioRule, ...]) -> Iterator[dict[Measure, float | None]]:
    bounds = {
        measure: {
            bound
            for rule in rules
            for side in (rule.at_least, rule.below)
            if (bound := side.get(measure)) is not None and bound > LEAST.get(measure, float("-inf"))
        }
        for measure in MEASURES
    }
    values = [[None, LEAST.get(measure, float("-inf")), *sorted(bounds[measure])] for measure in MEASURES]
    return (dict(zip(MEASURES, case, strict=True)) for case in itertools.product(*values))
