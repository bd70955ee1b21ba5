"""Settings of what is found out of customers: scores, segments, clusters, value."""

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from segmentation.segments.rules import SegmentRule, find_faults, read_range
from segmentation.segments.scores import MEASURES, Kind
from segmentation.settings.kinds import ClusterMethodName, CutPoints, MethodName, Money, ScoreRange, Share
from segmentation.settings.section import Section
from segmentation.value.rules import PORTFOLIO_RULES, PortfolioRule, check_rules


class SegmentSettings(Section):
    """A rule of `[[rfm.segments]]`; scores are written 4-5 or 4, and any will do where they are left out."""

    name: str = Field(min_length=1, description="Name of the segment")
    recency: ScoreRange = Field("", description="Recency scores, 1 longest ago")
    frequency: ScoreRange = Field("", description="Frequency scores, 1 fewest orders")
    monetary: ScoreRange = Field("", description="Monetary scores, 1 least spend")
    description: str = Field("", description="Who the customers are")
    advice: str = Field("", description="What to do with them")

    @property
    def rule(self) -> SegmentRule:
        """The rule it stands for."""
        ranges = (read_range(text) for text in (self.recency, self.frequency, self.monetary))
        return SegmentRule(self.name, self.description, self.advice, *ranges)


class RfmSettings(Section):
    """How customers are scored and segmented."""

    method: MethodName = Field(
        "quantile", description="How ranges of scores are found; the ways are in docs/segments.md"
    )
    bins: int = Field(5, ge=2, le=10, description="Scores of each measure; cut points and frozen dates have their own")
    cut_points: dict[Kind, CutPoints] = Field(
        {}, description="For method fixed: where ranges of days, orders and money begin, ascending"
    )
    frozen_at: dt.date | None = Field(None, description="For method frozen: the as-of date whose thresholds are used")
    segments: tuple[SegmentSettings, ...] = Field(
        (), description="Rules in place of the usual ones, as [[rfm.segments]]; the first that fits wins"
    )

    drift_limit: float = Field(
        0.25, gt=0, description="A population stability index above this, against the date before, is a warning"
    )

    @property
    def rules(self) -> tuple[SegmentRule, ...]:
        """The rules of `segments`; none for the usual ones."""
        return tuple(segment.rule for segment in self.segments)

    @property
    def bins_by_measure(self) -> tuple[int, ...]:
        """How many scores each measure has, but for method frozen, where it stands in the warehouse."""
        if self.method == "fixed":
            return tuple(len(self.cut_points[measure.kind]) + 1 for measure in MEASURES)
        return (self.bins,) * len(MEASURES)

    @model_validator(mode="after")
    def _complete(self) -> "RfmSettings":
        missing = [measure.kind for measure in MEASURES if measure.kind not in self.cut_points]
        if self.method == "fixed" and missing:
            raise ValueError(f"method fixed needs cut_points of {', '.join(missing)}")
        if self.method == "frozen":  # how many scores there are stands in the warehouse
            if self.frozen_at is None:
                raise ValueError("method frozen needs frozen_at, the as-of date whose thresholds are used")
            return self
        if self.segments and (faults := find_faults(self.rules, self.bins_by_measure)):
            raise ValueError("; ".join(faults))
        return self


class ClusterSettings(Section):
    """What clusters are made of, how they are found and how often."""

    method: ClusterMethodName = Field(
        "k-means", description="How clusters are found: k-means, gaussian mixture, hdbscan"
    )
    refit_days: int = Field(
        30, ge=1, le=3660, description="Days after which clusters are fitted anew; till then customers are assigned"
    )
    attributes: tuple[str, ...] = Field(
        (), description="Columns of customers, beyond the contract, whose numbers are features too"
    )

    smallest: int = Field(4, ge=2, le=20, description="Fewest clusters tried")
    largest: int = Field(8, ge=2, le=20, description="Most clusters tried")
    minimum_share: Share = Field(0.01, description="Smallest share of customers a cluster may have")
    minimum_stability: Share = Field(0.7, description="Least adjusted Rand index over bootstrap refits")
    seed: int = Field(2003, ge=0, description="Seed of the fit")

    @model_validator(mode="after")
    def _ordered(self) -> "ClusterSettings":
        if self.smallest > self.largest:
            raise ValueError(f"smallest ({self.smallest}) is more than largest ({self.largest})")
        return self


class ValueSettings(Section):
    """What customers are worth and cost."""

    hold_back_share: Annotated[float, Field(gt=0, le=0.5)] = Field(
        0.5, description="Largest share of the history held back to check the models; never more than a year"
    )
    fewest_repeat_customers: int = Field(100, ge=1, description="Customers without whom no model is fitted")
    cost_per_minute: Money | None = Field(
        None, description="Cost of a staff minute where service contacts have no cost"
    )
    self_service_reasons: tuple[str, ...] = Field(
        (), description="Reasons of service contacts that could be answered without staff"
    )
    portfolio: Annotated[tuple[PortfolioRule, ...], AfterValidator(check_rules)] = Field(
        PORTFOLIO_RULES, description="What to do with a customer; the first rule that fits", max_length=12
    )
