"""What a scanned text means: a trade item, a label of the shop's own, a receipt, or something else.

Symbology is told by an AIM identifier when the scanner sends one, else by length (GS1 General
Specifications). Looking the code up is not done here.
"""

import re
from dataclasses import dataclass

from till_app.domain.digital_link import read_digital_link
from till_app.domain.gs1 import GROUP_SEPARATOR, NO_DETAILS, Gs1Details, begins_as_gs1, read_elements
from till_app.domain.gtin import (
    GTIN_LENGTHS,
    check_digit,
    expand_upc_e,
    has_right_check_digit,
    is_digits,
    isbn13_of_isbn10,
)
from till_app.domain.ids import GIFT_BARCODE_PREFIX, RECEIPT_BARCODE_PREFIX
from till_app.domain.in_store import UK_LAYOUTS, InStoreLayout, layout_for
from till_app.domain.symbology import ADD_ON_ALONE, GS1_IDENTIFIERS, split_identifier

_RECEIPT = re.compile(rf"({RECEIPT_BARCODE_PREFIX}|{GIFT_BARCODE_PREFIX})([0-9A-Z]+-[0-9]{{6,}})")
_ADD_ON_LENGTHS = (2, 5)


@dataclass(frozen=True, slots=True)
class TradeItem:
    """A GTIN of 8, 12, 13 or 14 digits whose check digit is right."""

    text: str
    """The number as it was read, without what stands beside it."""
    gtin14: str
    details: Gs1Details = NO_DETAILS
    add_on: str = ""
    """Two or five digits beside an EAN or UPC: a magazine's issue, a book's price."""


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
    is_gift: bool = False
    """Of a gift receipt."""


@dataclass(frozen=True, slots=True)
class BadCheckDigit:
    """As long as a GTIN, but misread or mistyped."""

    text: str
    expected_digit: str


@dataclass(frozen=True, slots=True)
class BadVerifier:
    """A label of the shop's own whose price or weight was misread or is misprinted."""

    text: str


@dataclass(frozen=True, slots=True)
class OtherCode:
    """Anything else: a PLU, the shop's own code, or a symbology that is looked up as it stands."""

    text: str


Barcode = TradeItem | InStoreItem | ReceiptCode | BadCheckDigit | BadVerifier | OtherCode


def parse_barcode(
    raw: str, layouts: tuple[InStoreLayout, ...] = UK_LAYOUTS, currency_digits: int = 2
) -> Barcode:
    """Never raises: a text that is nothing known is an OtherCode. Invisible characters are no part of it.

    `currency_digits`: the decimals of what the shop's own labels price in.
    """
    seen = "".join(each for each in raw if each.isprintable() or each == GROUP_SEPARATOR).strip()
    aim, rest = split_identifier(seen)
    elements = rest.strip(GROUP_SEPARATOR + " ")
    text = elements.replace(GROUP_SEPARATOR, " ")
    receipt = _RECEIPT.fullmatch(text)
    if receipt:
        return ReceiptCode(text, receipt.group(2), receipt.group(1) == GIFT_BARCODE_PREFIX)
    if aim in ADD_ON_ALONE:
        return OtherCode(aim + text)  # a few digits that could be taken for a PLU
    link = read_digital_link(text)
    if link is not None:
        return TradeItem(link[0], link[0], link[1])
    if _is_gs1(elements, aim):
        found = read_elements(elements)
        if found is not None:
            return _number(found[0], "", layouts, currency_digits, found[1])
    if aim.startswith("]E") or not aim:
        number, add_on = _without_add_on(text, aim)
        return _number(number, add_on, layouts, currency_digits)
    if aim.startswith("]I"):
        return _number(text, "", layouts, currency_digits)
    return OtherCode(text)  # a symbology for any text: its length says nothing


def _is_gs1(elements: str, aim: str) -> bool:
    """Without an AIM identifier or a separator, only if it begins with a right GTIN."""
    if aim:
        return aim in GS1_IDENTIFIERS or GROUP_SEPARATOR in elements
    return GROUP_SEPARATOR in elements or begins_as_gs1(elements)


def _number(
    text: str,
    add_on: str,
    layouts: tuple[InStoreLayout, ...],
    currency_digits: int,
    details: Gs1Details = NO_DETAILS,
) -> Barcode:
    if len(text) not in GTIN_LENGTHS or not is_digits(text):
        isbn13 = isbn13_of_isbn10(text)
        return TradeItem(text, isbn13.zfill(14)) if isbn13 else OtherCode(text)
    if not has_right_check_digit(text):
        upc_a = expand_upc_e(text)
        if upc_a is not None:
            return TradeItem(text, upc_a.zfill(14), details, add_on)
        return BadCheckDigit(text, check_digit(text[:-1]))
    if len(text) in (12, 13):
        label = text.zfill(13)
        layout = layout_for(label, layouts)
        if layout is not None:
            return _in_store(label, layout, currency_digits)
    return TradeItem(text, text.zfill(14), details, add_on)


def _without_add_on(text: str, aim: str) -> tuple[str, str]:
    """An EAN-13 or UPC-A and the 2 or 5 digits of its add-on, which are no part of the GTIN.

    Where an identifier does not say so, only if the check digit of what comes before is right.
    """
    if not is_digits(text):
        return text, ""
    for length in (13, 12):
        if len(text) - length in _ADD_ON_LENGTHS and (length == 13 or len(text) == 17):
            number = text[:length]
            if (aim and length == 13) or has_right_check_digit(number):
                return number, text[length:]
    return text, ""


def _in_store(label: str, layout: InStoreLayout, currency_digits: int) -> Barcode:
    if not layout.verifier_is_right(label):
        return BadVerifier(label)
    key = label[: layout.key_length]
    price_minor = layout.price_minor(label, currency_digits)
    return InStoreItem(label, key, price_minor, layout.quantity_milli(label))
