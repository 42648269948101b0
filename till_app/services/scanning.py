"""What a scanned or typed code stands for, and the typed results of bringing goods into the basket."""

from collections.abc import Sequence
from dataclasses import dataclass

from till_app.domain.barcode import (
    UK_LAYOUTS,
    BadCheckDigit,
    InStoreItem,
    InStoreLayout,
    ReceiptCode,
    TradeItem,
    expand_upc_e,
    parse_barcode,
)
from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import Item
from till_app.domain.errors import DomainError
from till_app.services.ports import Catalogue

ONE_MILLI = 1000


@dataclass(frozen=True, slots=True)
class Pending:
    """An item on its way into the basket, with what is known so far. Fill what is asked for and add again."""

    item: Item
    code: str
    quantity_milli: int | None = None
    """None: one, or for weighed goods a weight that is still to be typed."""
    unit_price_minor: int | None = None
    """Replaces the item's price; an open price needs it."""
    fixed_price_minor: int | None = None
    """Of a price-embedded label."""


@dataclass(frozen=True, slots=True)
class Added:
    line: BasketLine


@dataclass(frozen=True, slots=True)
class NeedsWeight:
    pending: Pending


@dataclass(frozen=True, slots=True)
class NeedsPrice:
    pending: Pending


@dataclass(frozen=True, slots=True)
class NeedsAgeCheck:
    pending: Pending


@dataclass(frozen=True, slots=True)
class Blocked:
    item: Item


@dataclass(frozen=True, slots=True)
class Unknown:
    code: str


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The code fits several items; the operator picks one of the candidates."""

    code: str
    candidates: tuple[Pending, ...]


@dataclass(frozen=True, slots=True)
class Misread:
    """The check digit is wrong: scan again."""

    code: str
    expected_digit: str


@dataclass(frozen=True, slots=True)
class ReceiptScanned:
    receipt_number: str


AddResult = Added | NeedsWeight | NeedsPrice | NeedsAgeCheck | Blocked
ScanResult = AddResult | Unknown | Ambiguous | Misread | ReceiptScanned


class Scanning:
    """Looks codes up; nothing is changed by it."""

    def __init__(self, catalogue: Catalogue, layouts: tuple[InStoreLayout, ...] = UK_LAYOUTS) -> None:
        self._catalogue = catalogue
        self._layouts = layouts

    def look_up(
        self, raw: str, quantity_milli: int | None = None
    ) -> tuple[Pending, ...] | Unknown | Misread | ReceiptScanned:
        """What a code stands for; at least one candidate, and nothing is added.

        Raises DomainError `quantity_fixed` for a quantity of a label that has its own.
        """
        barcode = parse_barcode(raw, self._layouts)
        match barcode:
            case ReceiptCode(receipt_number=number):
                return ReceiptScanned(number)
            case InStoreItem(text=text, item_key=key):
                items = self._catalogue.find(text)
                if not items:
                    items = self._catalogue.find(key)
                    return self._labelled(items, barcode, quantity_milli) if items else Unknown(text)
            case TradeItem(text=text, gtin14=gtin14):
                items = self._catalogue.find(gtin14) or self._catalogue.find(text)
                if not items:
                    upc_a = expand_upc_e(text)  # one in ten has the check digit of an EAN-8, too
                    items = self._catalogue.find(upc_a) if upc_a else ()
            case BadCheckDigit(text=text, expected_digit=expected):
                items = self._catalogue.find(text)
                if not items:
                    return Misread(text, expected)
            case _:
                items = self._catalogue.find(barcode.text)
        if not items:
            return Unknown(barcode.text)
        return tuple(keyed(item, barcode.text, quantity_milli) for item in _in_order_of_choice(items))

    def _labelled(
        self, items: Sequence[Item], label: InStoreItem, quantity_milli: int | None
    ) -> tuple[Pending, ...]:
        """What the shop's own label says, and nothing where its figures are all zeros."""
        if not label.price_minor and not label.quantity_milli:
            return tuple(keyed(item, label.text, quantity_milli) for item in _in_order_of_choice(items))
        if quantity_milli not in (None, ONE_MILLI):
            raise DomainError("quantity_fixed", item=items[0].name)
        label_milli = label.quantity_milli or ONE_MILLI
        return tuple(
            Pending(item, label.text, label_milli, fixed_price_minor=label.price_minor)
            for item in _in_order_of_choice(items)
        )


def _in_order_of_choice(items: Sequence[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.blocked, item.name))


def keyed(item: Item, code: str, quantity_milli: int | None) -> Pending:
    """`3 *` is a count, and of weighed goods the weight is still to be asked; `0.412 *` is a weight.

    The barcode of a pack brings all that is in it, so many times over as was keyed.
    """
    if item.is_weighed:
        is_count = quantity_milli is not None and quantity_milli % ONE_MILLI == 0
        return Pending(item, code, None if is_count else quantity_milli)
    pack_milli = item.pack_milli(code)
    if pack_milli != ONE_MILLI:
        quantity_milli = (ONE_MILLI if quantity_milli is None else quantity_milli) * pack_milli // ONE_MILLI
    return Pending(item, code, quantity_milli)
