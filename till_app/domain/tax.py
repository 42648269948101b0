"""VAT inside the price: codes, and a split whose parts always sum to the gross."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.money import divide_half_away


class VatKind(StrEnum):
    """Zero-rated, exempt and outside scope all add no tax and are three different things to HMRC."""

    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class VatRate:
    """What a VAT code means today. `code` is the letter printed on the receipt line."""

    code: str
    name: str
    kind: VatKind
    rate_bp: int
    """Basis points: 2000 is 20 %."""

    def __post_init__(self) -> None:
        if not 0 <= self.rate_bp < 10_000:
            raise ValueError(f"VAT rate of {self.code} is outside 0–100 %")
        if self.kind in (VatKind.ZERO, VatKind.EXEMPT, VatKind.OUTSIDE) and self.rate_bp:
            raise ValueError(f"VAT code {self.code} is {self.kind} and cannot have a rate")


@dataclass(frozen=True, slots=True)
class TaxSplit:
    """`net_minor + tax_minor == gross_minor`, always."""

    gross_minor: int
    net_minor: int
    tax_minor: int

    def __post_init__(self) -> None:
        if self.net_minor + self.tax_minor != self.gross_minor:
            raise ValueError("net and tax do not sum to gross")


def split_gross(gross_minor: int, rate_bp: int) -> TaxSplit:
    """Take the tax out of a gross price: the VAT fraction, rounded half away from zero, once per line."""
    tax_minor = divide_half_away(gross_minor * rate_bp, 10_000 + rate_bp)
    return TaxSplit(gross_minor, gross_minor - tax_minor, tax_minor)


@dataclass(frozen=True, slots=True)
class TaxLine:
    """The lines of one VAT code and rate, summed from their stored pennies."""

    vat_code: str
    rate_bp: int
    gross_minor: int
    net_minor: int
    tax_minor: int


def tax_lines(parts: Iterable[tuple[str, int, int, int]]) -> tuple[TaxLine, ...]:
    """Sum `(vat_code, rate_bp, gross_minor, tax_minor)` by code and rate, in order of code."""
    sums: dict[tuple[str, int], tuple[int, int]] = {}
    for vat_code, rate_bp, gross_minor, tax_minor in parts:
        gross, tax = sums.get((vat_code, rate_bp), (0, 0))
        sums[vat_code, rate_bp] = (gross + gross_minor, tax + tax_minor)
    return tuple(
        TaxLine(vat_code, rate_bp, gross, gross - tax, tax)
        for (vat_code, rate_bp), (gross, tax) in sorted(sums.items())
    )
