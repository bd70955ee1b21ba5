"""Maximum likelihood over positive parameters, and whether what it found can be believed."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Vector = npt.NDArray[np.float64]
Model = TypeVar("Model")

# Parameters are searched for in this range. At its upper end customers are alike as far as can be told, which is fine;
# at its lower end they would differ without limit.
LOWEST, HIGHEST = 1e-3, 1e4
STEEPEST = 1e-5  # largest slope a maximum may have, per customer and unit of a parameter's logarithm


@dataclass(frozen=True)
class Fit(Generic[Model]):
    """A fitted model, or why there is none to use.

    Attributes:
        customers: those the model was fitted on.
        problem: why the model must not be used; None where it may be.
    """

    method: str
    kind: type[Model]
    model: Model | None
    log_likelihood: float | None
    customers: int
    problem: str | None = None

    @property
    def usable(self) -> Model | None:
        """The model, unless there is a problem with it."""
        return self.model if self.problem is None else None

    @property
    def parameters(self) -> dict[str, float | None]:
        """The model's parameters by name; all of them None where nothing was fitted."""
        return {field.name: getattr(self.model, field.name, None) for field in fields(self.kind)}  # type: ignore[arg-type]


def fit_model(
    method: str,
    kind: type[Model],
    likelihood: Callable[[Vector], tuple[Vector, Vector]],
    customers: Vector,
    start: Vector,
) -> Fit[Model]:
    """The parameters with the highest likelihood.

    Args:
        kind: made from the parameters, in order.
        likelihood: from the parameters to the log-likelihood of a customer of each group, and its gradient
            (parameters x groups).
        customers: how many customers each group has.
        start: where the search begins.
    Returns: a fit with a problem where the search does not settle, or runs to the lower end of the range searched.
    """
    total = float(customers.sum())

    def descend(logarithms: Vector) -> tuple[float, Vector]:
        parameters = np.exp(logarithms)
        each, gradient = likelihood(parameters)
        return -float((customers * each).sum()) / total, -(customers * gradient).sum(axis=1) * parameters / total

    range_searched = [(float(np.log(LOWEST)), float(np.log(HIGHEST)))] * len(start)
    found = minimize(
        descend,
        np.log(start),
        jac=True,
        method="L-BFGS-B",
        bounds=range_searched,
        options={"maxiter": 500, "ftol": 1e-14, "gtol": STEEPEST / 100},
    )
    parameters = np.exp(found.x)
    return Fit(
        method,
        kind,
        kind(*map(float, parameters)),
        -float(found.fun) * total,
        int(total),
        _find_problem(method, [field.name for field in fields(kind)], parameters, found.jac),  # type: ignore[arg-type]
    )


def _find_problem(method: str, names: list[str], parameters: Vector, slopes: Vector) -> str | None:
    lowest = [name for name, value in zip(names, parameters, strict=True) if value < LOWEST * 1.01]
    if lowest:
        return f"{method} has implausible parameters, no larger than {LOWEST:g}: {', '.join(lowest)}"
    held_back = (parameters > HIGHEST / 1.01) & (slopes < 0)  # would go on, but for the end of the range
    if not np.abs(np.where(held_back, 0, slopes)).max() < STEEPEST:
        return f"{method} does not converge"
    return None
