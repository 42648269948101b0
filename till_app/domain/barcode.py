"""What a scanned text means: a trade item number, an in-store code with a price or weight, a receipt.

Symbology is told by an AIM identifier when the scanner sends one, else by length (GS1 General
Specifications). Looking the code up is not done here.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.ids import RECEIPT_BARCODE_PREFIX

_AIM_IDENTIFIER = re.compile(r"^\][A-Za-z][0-9A-Za-z]")
_GTIN_LENGTHS = frozenset({8, 12, 13, 14})
_RECEIPT = re.compile(rf"^{RECEIPT_BARCODE_PREFIX}([0-9A-Z]+-\d{{6,}})$")
_GROUP_SEPARATOR = "\x1d"


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
    total = sum(int(digit) * (3 if index % 2 == 0 else 1) for index, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def has_right_check_digit(digits: str) -> bool:
    return check_digit(digits[:-1]) == digits[-1]


def as_gtin14(text: str) -> str | None:
    """The 14-digit form of a GTIN-8, -12, -13 or -14, or None when it is none or its check digit is wrong."""
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return None
    return text.zfill(14) if has_right_check_digit(text) else None


def expand_upc_e(text: str) -> str | None:
    """The UPC-A of an 8-digit UPC-E (number system 0 or 1), or None when it is not one."""
    if len(text) != 8 or not text.isdigit() or text[0] not in "01":
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
    """Never raises: a text that is nothing known is an OtherCode."""
    identifier = _AIM_IDENTIFIER.match(raw)
    aim = identifier.group() if identifier else ""
    text = raw[len(aim) :].strip(" \t\r\n\x02\x03").removeprefix(_GROUP_SEPARATOR)
    receipt = _RECEIPT.match(text)
    if receipt:
        return ReceiptCode(text, receipt.group(1))
    gtin = _gtin_of_gs1_element_string(text, aim)
    if gtin is not None:
        text = gtin
    if aim.startswith("]E") and len(text) > 13:
        text = text[:13]  # an add-on of 2 or 5 digits is no part of the GTIN
    elif not aim and len(text) in (15, 18) and text.isdigit() and has_right_check_digit(text[:13]):
        text = text[:13]
    if len(text) not in _GTIN_LENGTHS or not (text.isascii() and text.isdigit()):
        return OtherCode(text)
    if not has_right_check_digit(text):
        upc_a = expand_upc_e(text)
        if upc_a is not None:
            return TradeItem(text, upc_a.zfill(14))
        return BadCheckDigit(text, check_digit(text[:-1]))
    if len(text) == 13:
        for layout in layouts:
            if text.startswith(layout.prefix):
                return _in_store(text, layout)
    return TradeItem(text, text.zfill(14))


def _gtin_of_gs1_element_string(text: str, aim: str) -> str | None:
    is_gs1 = aim in ("]C1", "]d2", "]Q3", "]e0") or _GROUP_SEPARATOR in text
    if text.startswith("01") and len(text) >= 16 and text[2:16].isdigit() and (is_gs1 or len(text) == 16):
        return text[2:16]
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
