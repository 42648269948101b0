"""VAT inside the price: codes, and a split whose parts always sum to the gross."""

import itertools
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
    """Basis points: 2000 is 20 %. Until the first of `changes`."""
    changes: tuple[tuple[str, int], ...] = ()
    """Day from which it holds, ISO, and rate; ascending."""

    def __post_init__(self) -> None:
        rates = (self.rate_bp, *(rate_bp for _, rate_bp in self.changes))
        if not all(0 <= rate_bp < 10_000 for rate_bp in rates):
            raise ValueError(f"VAT rate of {self.code} is outside 0–100 %")
        if self.kind in (VatKind.ZERO, VatKind.EXEMPT, VatKind.OUTSIDE) and any(rates):
            raise ValueError(f"VAT code {self.code} is {self.kind} and cannot have a rate")
        if any(after[0] <= before[0] for before, after in itertools.pairwise(self.changes)):
            raise ValueError(f"the changes of VAT code {self.code} are not in order")

    def rate_on(self, day: str) -> int:
        """Basis points on an ISO day."""
        rate_bp = self.rate_bp
        for first_day, changed_bp in self.changes:
            if first_day <= day:
                rate_bp = changed_bp
        return rate_bp


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
