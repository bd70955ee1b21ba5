"""Names of clusters: what sets them apart, in words a marketer would use."""

import numpy as np

from segmentation.segments.cluster_model import Matrix, Scaling

TRAITS = 2  # words in a name
TRAIT_STANDS_OUT = 0.35  # standard deviations from the mean


def name_clusters(centres: Matrix, scalings: tuple[Scaling, ...]) -> tuple[str, ...]:
    """A different name for each cluster, from the features in which it is farthest from the mean.

    Two traits at first; clusters that would share a name get further traits, and a number if those run out.
    """
    words = [_traits(centre, scalings) for centre in centres]
    for length in range(TRAITS, len(scalings) + 1):
        names = [", ".join(traits[:length]) for traits in words]
        if len(set(names)) == len(names):
            break
        words = [t if names.count(name) > 1 else t[:length] for t, name in zip(words, names, strict=True)]
    return tuple(
        name.capitalize() if names.count(name) == 1 else f"{name.capitalize()} ({names[: i + 1].count(name)})"
        for i, name in enumerate(names)
    )


def _traits(centre: Matrix, scalings: tuple[Scaling, ...]) -> list[str]:
    order = np.argsort(-np.abs(centre), kind="stable")
    strong = [i for i in order if abs(centre[i]) >= TRAIT_STANDS_OUT]
    words = [scalings[i].feature.high if centre[i] > 0 else scalings[i].feature.low for i in strong]
    return words or ["average"]
