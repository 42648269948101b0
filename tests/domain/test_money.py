from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.money import allocate_minor, divide_half_away, extended_price_minor, share_of_minor

amounts = st.integers(-10_000_000, 10_000_000)


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [(5, 10, 1), (4, 10, 0), (15, 10, 2), (-5, 10, -1), (-4, 10, 0), (0, 7, 0), (7, 1, 7)],
)
def test_halves_are_rounded_away_from_zero(numerator: int, denominator: int, rounded: int) -> None:
    assert divide_half_away(numerator, denominator) == rounded


@given(amounts, st.integers(1, 100_000))
def test_rounding_is_never_off_by_more_than_a_half(numerator: int, denominator: int) -> None:
    error = abs(Fraction(numerator, denominator) - divide_half_away(numerator, denominator))
    assert error <= Fraction(1, 2)


@given(amounts, st.integers(1, 100_000))
def test_a_return_is_rounded_as_the_mirror_of_its_sale(numerator: int, denominator: int) -> None:
    assert divide_half_away(-numerator, denominator) == -divide_half_away(numerator, denominator)


def test_a_weight_is_priced_to_the_nearest_penny() -> None:
    assert extended_price_minor(950, 412) == 391  # 0.412 kg at £9.50 is £3.914
    assert extended_price_minor(145, 3000) == 435


def test_a_share_is_in_basis_points() -> None:
    assert share_of_minor(1999, 1000) == 200


@given(amounts, st.lists(st.integers(0, 1_000_000), min_size=1, max_size=30))
def test_allocation_gives_every_penny_once(amount_minor: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        amount_minor = 0
    assert sum(allocate_minor(amount_minor, weights)) == amount_minor


@given(amounts, st.lists(st.integers(0, 1_000_000), min_size=1, max_size=30).filter(any))
def test_no_part_is_a_penny_or_more_from_its_exact_share(amount_minor: int, weights: list[int]) -> None:
    for part, weight in zip(allocate_minor(amount_minor, weights), weights, strict=True):
        assert abs(part - Fraction(amount_minor * weight, sum(weights))) < 1


@given(st.integers(0, 1_000_000), st.lists(st.integers(1, 100_000), min_size=1, max_size=30))
def test_a_discount_within_the_goods_never_exceeds_a_line(discount_minor: int, lines: list[int]) -> None:
    discount_minor = min(discount_minor, sum(lines))
    parts = allocate_minor(discount_minor, lines)
    assert all(0 <= part <= line for part, line in zip(parts, lines, strict=True))


def test_ties_go_to_the_earlier_line() -> None:
    assert allocate_minor(100, [1, 1, 1]) == (34, 33, 33)


def test_an_amount_cannot_be_spread_over_nothing() -> None:
    with pytest.raises(ValueError, match="nothing"):
        allocate_minor(1, [0, 0])
