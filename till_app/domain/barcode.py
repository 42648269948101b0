"""What a scanned text means: a trade item number, an in-store code with a price or weight, a receipt.

Symbology is told by an AIM identifier when the scanner sends one, else by length (GS1 General
Specifications). Looking the code up is not done here.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.ids import RECEIPT_BARCODE_PREFIX

_AIM_IDENTIFIER = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_AIM_OF_GS1 = frozenset({"]C1", "]d2", "]Q3", "]e0"})
_AIM_OF_ADD_ON_ALONE = frozenset({"]E1", "]E2"})
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_RECEIPT = re.compile(rf"{RECEIPT_BARCODE_PREFIX}([0-9A-Z]+-[0-9]{{6,}})")
_GROUP_SEPARATOR = "\x1d"
_FIXED_LENGTHS = (
    {"00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "20": 4, "41": 16}
    | {str(prefix): 8 for prefix in range(11, 20)}
    | {str(prefix): 10 for prefix in range(31, 37)}
)
"""Characters of an element, its AI included, by the AI's first two digits (GS1 General Specifications,
"Element strings with predefined length"); any other element ends at a group separator."""


class EmbeddedValue(StrEnum):
    PRICE = "price"
    WEIGHT = "weight"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class InStoreLayout:
    """How a shop lays out the 13 digits of its own labels: prefix, item, value, check digit."""

    prefix: str
    item_digits: int
    value_digits: int
    value: EmbeddedValue
    decimals: int
    """Of the value: a price of 2 decimals is in pence, a weight of 3 in grams."""

    def __post_init__(self) -> None:
        if len(self.prefix) + self.item_digits + self.value_digits != 12:
            raise ValueError("prefix, item and value must fill 12 digits")


UK_LAYOUTS = (
    InStoreLayout("20", item_digits=5, value_digits=5, value=EmbeddedValue.PRICE, decimals=2),
    InStoreLayout("02", item_digits=5, value_digits=5, value=EmbeddedValue.PRICE, decimals=2),
    InStoreLayout("21", item_digits=5, value_digits=5, value=EmbeddedValue.WEIGHT, decimals=3),
)
"""The usual layouts of British scale labels; a shop may have others."""


@dataclass(frozen=True, slots=True)
class TradeItem:
    """A GTIN of 8, 12, 13 or 14 digits whose check digit is right."""

    text: str
    gtin14: str


@dataclass(frozen=True, slots=True)
class InStoreItem:
    """A label that the shop printed itself."""

    text: str
    item_key: str
    """Prefix and item digits: the code under which the item is listed."""
    price_minor: int | None
    quantity_milli: int | None


@dataclass(frozen=True, slots=True)
class ReceiptCode:
    text: str
    receipt_number: str


@dataclass(frozen=True, slots=True)
class BadCheckDigit:
    """As long as a GTIN, but misread or mistyped."""

    text: str
    expected_digit: str


@dataclass(frozen=True, slots=True)
class OtherCode:
    """Anything else: a PLU, the shop's own code, or a symbology that is looked up as it stands."""

    text: str


Barcode = TradeItem | InStoreItem | ReceiptCode | BadCheckDigit | OtherCode


def check_digit(digits: str) -> str:
    """The GS1 mod-10 check digit for the digits before it."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)


def has_right_check_digit(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]


def as_gtin14(text: str) -> str | None:
    """The 14-digit form of a GTIN-8, -12, -13 or -14, or None when it is none or its check digit is wrong."""
    if len(text) not in _GTIN_LENGTHS or not _is_digits(text):
        return None
    return text.zfill(14) if has_right_check_digit(text) else None


def expand_upc_e(text: str) -> str | None:
    """The UPC-A of an 8-digit UPC-E (number system 0 or 1), or None when it is not one."""
    if len(text) != 8 or not _is_digits(text) or text[0] not in "01":
        return None
    system, body, check = text[0], text[1:7], text[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    upc_a = system + middle + check
    return upc_a if has_right_check_digit(upc_a) else None


def parse_barcode(raw: str, layouts: tuple[InStoreLayout, ...] = UK_LAYOUTS) -> Barcode:
    """Never raises: a text that is nothing known is an OtherCode. Invisible characters are no part of it."""
    seen = "".join(each for each in raw if each.isprintable() or each == _GROUP_SEPARATOR).strip()
    identifier = _AIM_IDENTIFIER.match(seen)
    aim = identifier.group() if identifier else ""
    elements = seen[len(aim) :].strip(_GROUP_SEPARATOR + " ")
    text = elements.replace(_GROUP_SEPARATOR, " ")
    receipt = _RECEIPT.fullmatch(text)
    if receipt:
        return ReceiptCode(text, receipt.group(1))
    if aim in _AIM_OF_ADD_ON_ALONE:
        return OtherCode(aim + text)  # a few digits that could be taken for a PLU
    gtin = _gtin_of_gs1_elements(elements, aim)
    if gtin is not None:
        text = gtin
    elif aim.startswith("]E") or not aim:
        text = _without_add_on(text, aim)
    elif not aim.startswith("]I"):
        return OtherCode(text)  # a symbology for any text: its length says nothing
    if len(text) not in _GTIN_LENGTHS or not _is_digits(text):
        return OtherCode(text)
    if not has_right_check_digit(text):
        upc_a = expand_upc_e(text)
        if upc_a is not None:
            return TradeItem(text, upc_a.zfill(14))
        return BadCheckDigit(text, check_digit(text[:-1]))
    if len(text) in (12, 13):
        ean13 = text.zfill(13)
        for layout in layouts:
            if ean13.startswith(layout.prefix):
                return _in_store(ean13, layout)
    return TradeItem(text, text.zfill(14))


def _is_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _without_add_on(text: str, aim: str) -> str:
    """An EAN-13 without the 2 or 5 digits of its add-on, which are no part of the GTIN."""
    has_add_on = len(text) in (15, 18) and _is_digits(text)
    return text[:13] if has_add_on and (aim or has_right_check_digit(text[:13])) else text


def _gtin_of_gs1_elements(elements: str, aim: str) -> str | None:
    """The GTIN of AI 01, wherever it stands among the elements.

    Without an AIM identifier or a separator, a text is taken for GS1 only if it begins with a right one.
    """
    if aim not in _AIM_OF_GS1 and _GROUP_SEPARATOR not in elements:
        begins_with_gtin = elements.startswith("01") and (len(elements) == 16 or as_gtin14(elements[2:16]))
        if aim or not begins_with_gtin:
            return None
    while elements:
        if elements.startswith("01") and len(elements) >= 16 and _is_digits(elements[2:16]):
            return elements[2:16]
        length = _FIXED_LENGTHS.get(elements[:2])
        elements = elements[length:] if length else elements.partition(_GROUP_SEPARATOR)[2]
        elements = elements.removeprefix(_GROUP_SEPARATOR)
    return None


def _in_store(text: str, layout: InStoreLayout) -> InStoreItem:
    key_length = len(layout.prefix) + layout.item_digits
    value = int(text[key_length:12])
    if layout.value is EmbeddedValue.PRICE:
        return InStoreItem(text, text[:key_length], _scaled(value, 2 - layout.decimals), None)
    return InStoreItem(text, text[:key_length], None, _scaled(value, 3 - layout.decimals))


def _scaled(value: int, power: int) -> int:
    factor: int = 10 ** abs(power)
    return value * factor if power >= 0 else value // factor
