"""The response at which a mailing earns back what it costs."""


def break_even_response(
    unit_cost: float, margin_per_order: float, *, fixed_cost: float = 0.0, pieces: int | None = None
) -> float:
    """Orders that a piece must bring, beyond those that come anyway, for margin to equal cost.

    Args:
        unit_cost: cost of one piece.
        margin_per_order: margin of one order, above 0.
        fixed_cost: cost whatever the number of pieces; it is shared by the `pieces`.
    Returns: orders per piece; above 1 where a customer would have to order more than once.

    Raises:
        ValueError: an order brings no margin, or a fixed cost has no pieces to share it.

    References: M. L. Roberts, P. D. Berger (1999), Direct Marketing Management, 2nd edition, on break-even.
    """
    if margin_per_order <= 0:
        raise ValueError(f"an order with a margin of {margin_per_order:g} never earns back what a piece costs")
    if fixed_cost and not pieces:
        raise ValueError("a fixed cost needs the number of pieces that share it")
    return (unit_cost + (fixed_cost / pieces if pieces else 0.0)) / margin_per_order
