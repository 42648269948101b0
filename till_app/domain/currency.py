"""Currencies as facts: minor digits, symbol and the notes and coins in circulation."""

from dataclasses import dataclass

from till_app.domain.errors import DomainError


@dataclass(frozen=True, slots=True)
class Currency:
    """Amounts of a currency are integers of its minor unit; `digits` is the power of ten between the two."""

    code: str
    symbol: str
    digits: int
    denominations_minor: tuple[int, ...]
    """Notes and coins in circulation, largest first."""
    minor_symbol: str
    """Of coins below one unit: `50p`; empty where there are none."""
    notes_minor: tuple[int, ...]
    """Those of the denominations that a customer hands over for a basket: offered as suggestions."""


GBP = Currency(
    code="GBP",
    symbol="£",
    digits=2,
    denominations_minor=(5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    minor_symbol="p",
    notes_minor=(5000, 2000, 1000, 500),
)
EUR = Currency(
    code="EUR",
    symbol="€",
    digits=2,
    denominations_minor=(20000, 10000, 5000, 2000, 1000, 500, 200, 100, 50, 20, 10, 5, 2, 1),
    minor_symbol="c",
    notes_minor=(10000, 5000, 2000, 1000, 500),
)
USD = Currency(
    code="USD",
    symbol="$",
    digits=2,
    denominations_minor=(10000, 5000, 2000, 1000, 500, 100, 25, 10, 5, 1),
    minor_symbol="¢",
    notes_minor=(10000, 5000, 2000, 1000, 500, 100),
)
JPY = Currency(
    code="JPY",
    symbol="¥",
    digits=0,
    denominations_minor=(10000, 5000, 2000, 1000, 500, 100, 50, 10, 5, 1),
    minor_symbol="",
    notes_minor=(10000, 5000, 1000),
)

_BY_CODE = {currency.code: currency for currency in (GBP, EUR, USD, JPY)}


def currency_by_code(code: str) -> Currency:
    """Raises DomainError `unknown_currency` for a code that this release does not know."""
    try:
        return _BY_CODE[code]
    except KeyError:
        raise DomainError("unknown_currency", currency=code) from None
