"""Names of clusters: what sets them apart, in words a marketer would use, for as long as it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from segmentation.clusters.scaling import Matrix
from segmentation.segments.features import Feature

Side = Literal["high", "low"]
Trait = tuple[str, Side]  # a feature and the side of the mean a cluster is on

TRAITS = 2  # words in a name
STANDS_OUT = 0.35  # standard deviations from the mean
STILL_STANDS_OUT = 0.25  # less is asked of a name that is there, so that it does not change to and fro
AVERAGE = "average"


@dataclass(frozen=True)
class ClusterName:
    """A name and the traits it tells; none for an average cluster."""

    text: str
    traits: frozenset[Trait] = frozenset()

    def side_of(self, feature: str) -> Side | None:
        """Which side the name tells of a feature."""
        return dict(self.traits).get(feature)

    def holds(self, centre: Mapping[str, float]) -> bool:
        """Whether all it tells is true of a cluster with this centre (scaled, by feature)."""
        if not self.traits:
            return max(map(abs, centre.values()), default=0.0) < 2 * STANDS_OUT - STILL_STANDS_OUT
        return all(
            centre.get(feature, 0.0) * (1 if side == "high" else -1) >= STILL_STANDS_OUT
            for feature, side in self.traits
        )


def name_clusters(
    centres: Matrix, features: Sequence[Feature], kept: Mapping[int, ClusterName]
) -> tuple[ClusterName, ...]:
    """A different name for each cluster, from the features in which it is farthest from the mean.

    Two traits at first; clusters that would share a name get further traits, and a number if those run out.

    Args:
        centres: clusters x features, scaled.
        kept: by row of `centres`: names that clusters had, which they keep if they still hold.
    """
    by_name = [dict(zip((feature.name for feature in features), map(float, centre), strict=True)) for centre in centres]
    names = {row: name for row, name in sorted(kept.items()) if name.holds(by_name[row])}
    taken = {name.text.lower() for name in names.values()}
    unnamed = {row: _traits(centre, features) for row, centre in enumerate(centres) if row not in names}
    length = {row: TRAITS for row in unnamed}
    words = {feature.name: {"high": feature.high, "low": feature.low} for feature in features}

    def text(row: int) -> str:
        return ", ".join(words[feature][side] for feature, side in unnamed[row][: length[row]]) or AVERAGE

    for _ in features:
        texts = [text(row) for row in unnamed]
        for row in unnamed:
            if texts.count(text(row)) > 1 or text(row) in taken:
                length[row] += 1
    for row, traits in unnamed.items():
        names[row] = ClusterName(_number(text(row), taken), frozenset(traits[: length[row]]))
        taken.add(names[row].text.lower())
    return tuple(names[row] for row in range(len(centres)))


def _number(text: str, taken: set[str]) -> str:
    """`text`, with a number where the name is taken."""
    numbered = (text if number == 1 else f"{text} ({number})" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken).capitalize()


def _traits(centre: Matrix, features: Sequence[Feature]) -> list[Trait]:
    order = np.argsort(-np.abs(centre), kind="stable")
    return [
        (features[column].name, "high" if centre[column] > 0 else "low")
        for column in order
        if abs(centre[column]) >= STANDS_OUT
    ]
