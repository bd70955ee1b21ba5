import pytest

from segmentation.payback.break_even import break_even_response


def test_cost_of_a_piece_over_margin_of_an_order() -> None:
    assert break_even_response(0.55, 40) == pytest.approx(0.01375)


def test_a_fixed_cost_is_shared_by_the_pieces() -> None:
    assert break_even_response(0.55, 40, fixed_cost=2000, pieces=50_000) == pytest.approx(0.01475)


@pytest.mark.parametrize("margin", [0.0, -1.0])
def test_an_order_without_margin_never_breaks_even(margin: float) -> None:
    with pytest.raises(ValueError, match="never earns back what a piece costs"):
        break_even_response(0.55, margin)


@pytest.mark.parametrize("pieces", [None, 0])
def test_a_fixed_cost_needs_pieces(pieces: int | None) -> None:
    with pytest.raises(ValueError, match="needs the number of pieces"):
        break_even_response(0.55, 40, fixed_cost=1, pieces=pieces)
