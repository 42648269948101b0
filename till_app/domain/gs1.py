"""The elements of a GS1 code (application identifiers and their values), and what they say of the goods."""

import calendar
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from till_app.domain.gtin import as_gtin14, is_digits

GROUP_SEPARATOR = "\x1d"

_FIXED_LENGTHS = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | {str(prefix): 8 for prefix in range(11, 20)}
    | {str(prefix): 10 for prefix in range(31, 37)}
)
"""Characters of an element, its AI included, by the AI's first two digits (GS1 General Specifications,
"Element strings with predefined length"); any other element ends at a group separator."""
_LONGER_IDENTIFIERS = (
    dict.fromkeys(("23", "24", "25", "40", "41", "42", "71"), 3)
    | {str(prefix): 4 for prefix in range(31, 37)}
    | dict.fromkeys(("39", "43", "70", "72", "80", "81", "82"), 4)
)
"""Digits of the AI itself by its first two; two for the others."""
_CURRENCIES = {"826": "GBP", "978": "EUR", "840": "USD", "392": "JPY"}
"""Of ISO 4217's numbers, those that a till can have; the others are named by their number."""
MOST_VALUE_CHARACTERS = 90
"""No element's value is longer."""


@dataclass(frozen=True, slots=True)
class Gs1Date:
    """Six figures as in the code; the century follows from the year in which it is read."""

    yymmdd: str

    def iso(self, this_year: int) -> str | None:
        """ISO date, or None when there is no such day. Day 00 is the last of its month.

        The year is the one within 50 years (GS1 General Specifications 7.12).
        """
        year, month, day = (int(self.yymmdd[place : place + 2]) for place in (0, 2, 4))
        year += this_year - this_year % 100
        if year - this_year > 50:
            year -= 100
        elif year - this_year < -49:
            year += 100
        try:
            return date(year, month, day or calendar.monthrange(year, month)[1]).isoformat()
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Gs1Amount:
    amount: int
    decimals: int
    currency: str = ""
    """ISO code (or number, when it is none that a till can have); empty: the shop's."""

    def minor(self, digits: int) -> int:
        """In a currency of so many digits, rounded half up."""
        if digits >= self.decimals:
            return self.amount * int(10 ** (digits - self.decimals))
        unit = int(10 ** (self.decimals - digits))
        return (2 * self.amount + unit) // (2 * unit)


@dataclass(frozen=True, slots=True)
class Gs1Details:
    """What stands beside the GTIN; None or empty: not there."""

    batch: str = ""
    serial: str = ""
    variant: str = ""
    produced: Gs1Date | None = None
    best_before: Gs1Date | None = None
    expires: Gs1Date | None = None
    weight_grams: int | None = None
    """Net."""
    price: Gs1Amount | None = None
    """Of goods of variable measure: what this piece costs."""
    amount: Gs1Amount | None = None
    """Payable by a payment slip or coupon."""
    count: int | None = None
    """Pieces, of variable goods or in a case."""


NO_DETAILS = Gs1Details()


def elements_of(text: str) -> Iterator[tuple[str, str]]:
    """AI and value, as far as the text makes sense."""
    rest = text.lstrip(GROUP_SEPARATOR)
    while len(rest) > 2 and is_digits(rest[:2]):
        length = _FIXED_LENGTHS.get(rest[:2])
        element, separator, after = rest.partition(GROUP_SEPARATOR)
        if length is not None:
            if len(element) < length:
                return
            after = element[length:] + separator + after
            element = element[:length]
        width = _LONGER_IDENTIFIERS.get(element[:2], 2)
        identifier, value = element[:width], element[width:]
        if not is_digits(identifier) or not value or len(value) > MOST_VALUE_CHARACTERS:
            return
        yield identifier, value
        rest = after.lstrip(GROUP_SEPARATOR)


def gtin_in(elements: Mapping[str, str]) -> str | None:
    """The 14 digits of the goods (01), or of what a case holds (02); its check digit may be wrong."""
    for identifier in ("01", "02"):
        value = elements.get(identifier, "")
        if len(value) == 14 and is_digits(value):
            return value
    return None


def details_in(elements: Mapping[str, str]) -> Gs1Details:
    """Of values by AI; one that is not as its AI demands is left out."""
    weight = price = amount = None
    for identifier, value in elements.items():
        if len(identifier) != 4 or not is_digits(value):
            continue
        kind, decimals = identifier[:3], int(identifier[3])
        if kind == "310" and len(value) == 6:
            weight = _rounded(int(value) * 1000, decimals)
        elif kind == "392" and len(value) <= 15:
            price = Gs1Amount(int(value), decimals)
        elif kind == "393" and 4 <= len(value) <= 18:
            price = _with_currency(value, decimals)
        elif kind == "390" and len(value) <= 15:
            amount = Gs1Amount(int(value), decimals)
        elif kind == "391" and 4 <= len(value) <= 18:
            amount = _with_currency(value, decimals)
    return Gs1Details(
        batch=_text(elements, "10"),
        serial=_text(elements, "21"),
        variant=_text(elements, "20", 2) or _text(elements, "22"),
        produced=_date(elements, "11"),
        best_before=_date(elements, "15"),
        expires=_date(elements, "17"),
        weight_grams=weight,
        price=price,
        amount=amount,
        count=_count(elements, "37" if "02" in elements and "01" not in elements else "30"),
    )


def read_elements(text: str) -> tuple[str, Gs1Details] | None:
    """GTIN and details of a GS1 code's elements; None without a GTIN. The first of an AI counts."""
    elements: dict[str, str] = {}
    for identifier, value in elements_of(text):
        elements.setdefault(identifier, value)
    gtin = gtin_in(elements)
    return (gtin, details_in(elements)) if gtin else None


def begins_as_gs1(text: str) -> bool:
    """Whether a text without any mark of GS1 begins with AI 01 and a right GTIN, or is just that long."""
    return text.startswith("01") and (len(text) == 16 or as_gtin14(text[2:16]) is not None)


def _text(elements: Mapping[str, str], identifier: str, length: int = 20) -> str:
    value = elements.get(identifier, "")
    return value if len(value) <= length and value.isprintable() else ""


def _date(elements: Mapping[str, str], identifier: str) -> Gs1Date | None:
    value = elements.get(identifier, "")
    return Gs1Date(value) if len(value) == 6 and is_digits(value) else None


def _count(elements: Mapping[str, str], identifier: str) -> int | None:
    value = elements.get(identifier, "")
    return int(value) if 1 <= len(value) <= 8 and is_digits(value) else None


def _with_currency(value: str, decimals: int) -> Gs1Amount:
    number = value[:3]
    return Gs1Amount(int(value[3:]), decimals, _CURRENCIES.get(number, number))


def _rounded(value: int, decimals: int) -> int:
    unit = int(10**decimals)
    return (2 * value + unit) // (2 * unit)
