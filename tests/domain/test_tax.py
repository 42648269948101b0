import pytest
from hypothesis import given
from hypothesis import strategies as st

from till_app.domain.tax import TaxLine, TaxSplit, VatKind, VatRate, split_gross, tax_lines

rates = st.sampled_from([0, 500, 1750, 2000]) | st.integers(0, 9_999)


@given(st.integers(-10_000_000, 10_000_000), rates)
def test_net_and_tax_sum_to_gross(gross_minor: int, rate_bp: int) -> None:
    split = split_gross(gross_minor, rate_bp)
    assert split.net_minor + split.tax_minor == gross_minor


@given(st.integers(0, 10_000_000), rates)
def test_tax_is_within_half_a_penny_of_the_vat_fraction(gross_minor: int, rate_bp: int) -> None:
    tax_minor = split_gross(gross_minor, rate_bp).tax_minor
    assert abs(2 * tax_minor * (10_000 + rate_bp) - 2 * gross_minor * rate_bp) <= 10_000 + rate_bp


@pytest.mark.parametrize(
    ("gross_minor", "rate_bp", "tax_minor"),
    [
        (875, 2000, 146),
        (120, 2000, 20),
        (3, 2000, 1),
        (2, 2000, 0),
        (105, 500, 5),
        (999, 0, 0),
        (-875, 2000, -146),
    ],
)
def test_tax_is_the_vat_fraction_rounded_half_up(gross_minor: int, rate_bp: int, tax_minor: int) -> None:
    assert split_gross(gross_minor, rate_bp).tax_minor == tax_minor


def test_a_split_that_does_not_add_up_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="do not sum"):
        TaxSplit(100, 80, 19)


@pytest.mark.parametrize("kind", [VatKind.ZERO, VatKind.EXEMPT, VatKind.OUTSIDE])
def test_an_untaxed_code_cannot_carry_a_rate(kind: VatKind) -> None:
    with pytest.raises(ValueError, match="cannot have a rate"):
        VatRate("X", "wrong", kind, 2000)


def test_tax_lines_are_sums_of_stored_pennies_by_code_and_rate() -> None:
    parts = [("A", 2000, 3, 1), ("Z", 0, 320, 0), ("A", 2000, 3, 1), ("A", 1750, 100, 15)]
    assert tax_lines(parts) == (
        TaxLine("A", 1750, 100, 85, 15),
        TaxLine("A", 2000, 6, 4, 2),
        TaxLine("Z", 0, 320, 320, 0),
    )
