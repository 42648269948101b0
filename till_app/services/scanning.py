"""What a scanned or typed code stands for, and the typed results of bringing goods into the basket."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from till_app.domain.barcode import (
    BadCheckDigit,
    BadVerifier,
    InStoreItem,
    ReceiptCode,
    TradeItem,
    parse_barcode,
)
from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import Item
from till_app.domain.errors import DomainError
from till_app.domain.gs1 import Gs1Details
from till_app.domain.gtin import expand_upc_e
from till_app.domain.in_store import InStoreLayout
from till_app.services.ports import Catalogue
from till_app.services.workplace import Workplace

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
    price_currency: str = ""
    """Of that price, when its code names one."""
    batch: str = ""
    expires_on: str = ""
    """ISO date, as the scanned code had it."""
    expiry_accepted_by: str | None = None
    """Who lets it be sold past that date."""

    def has_expired(self, business_date: str) -> bool:
        """On its last day it is still good."""
        return "" < self.expires_on < business_date


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
class Expired:
    """Past the date in its code: put it aside, or have somebody who may accept it."""

    pending: Pending
    expires_on: str
    """ISO date."""


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
    """Empty: it is the figure that guards the price of the shop's own label."""


@dataclass(frozen=True, slots=True)
class ReceiptScanned:
    receipt_number: str
    is_gift: bool = False


AddResult = Added | NeedsWeight | NeedsPrice | NeedsAgeCheck | Blocked | Expired
ScanResult = AddResult | Unknown | Ambiguous | Misread | ReceiptScanned


class Scanning:
    """Looks codes up; nothing is changed by it."""

    def __init__(
        self,
        workplace: Workplace,
        catalogue: Catalogue,
        layouts: Callable[[], tuple[InStoreLayout, ...]],
    ) -> None:
        """`layouts` is asked at each scan: they may be edited while the till sells."""
        self._workplace = workplace
        self._catalogue = catalogue
        self._layouts = layouts

    def look_up(
        self, raw: str, quantity_milli: int | None = None
    ) -> tuple[Pending, ...] | Unknown | Misread | ReceiptScanned:
        """What a code stands for; at least one candidate, and nothing is added.

        Raises DomainError `quantity_fixed` for a quantity of a label that has its own.
        """
        barcode = parse_barcode(raw, self._layouts(), self._workplace.shop.currency.digits)
        match barcode:
            case ReceiptCode(receipt_number=number, is_gift=is_gift):
                return ReceiptScanned(number, is_gift)
            case InStoreItem(text=text, item_key=key):
                items = self._catalogue.find(text)
                if not items:
                    items = self._catalogue.find(key)
                    return self._labelled(items, barcode, quantity_milli) if items else Unknown(text)
            case TradeItem():
                return self._trade_items(barcode, raw, quantity_milli)
            case BadCheckDigit(text=text, expected_digit=expected):
                items = self._catalogue.find(text)
                if not items:
                    return Misread(text, expected)
            case BadVerifier(text=text):
                items = self._catalogue.find(text)
                if not items:
                    return Misread(text, "")
            case _:
                items = self._catalogue.find(barcode.text)
        if not items:
            return Unknown(barcode.text)
        return tuple(keyed(item, barcode.text, quantity_milli) for item in _in_order_of_choice(items))

    def _trade_items(
        self, code: TradeItem, raw: str, quantity_milli: int | None
    ) -> tuple[Pending, ...] | Unknown:
        """A listed issue of a magazine goes before the magazine; the raw text is the last that is tried."""
        tried = [code.gtin14, code.text]
        if code.add_on:
            tried.insert(0, code.text + code.add_on)
        upc_a = expand_upc_e(code.text)  # one in ten has the check digit of an EAN-8, too
        if upc_a:
            tried.append(upc_a)
        tried.append(raw)
        items = next((found for each in tried if (found := self._catalogue.find(each))), ())
        if not items:
            return Unknown(code.text)
        return tuple(
            self._with_details(keyed(item, code.text, quantity_milli), code, quantity_milli)
            for item in _in_order_of_choice(items)
        )

    def _with_details(self, pending: Pending, code: TradeItem, quantity_milli: int | None) -> Pending:
        details = code.details
        this_year = int(self._workplace.business_date[:4])
        pending = replace(
            pending,
            code=f"{code.text} {code.add_on}" if code.add_on else code.text,
            batch=details.batch,
            expires_on=(details.expires.iso(this_year) or "") if details.expires else "",
        )
        own_milli = _own_quantity_milli(pending.item, details)
        if own_milli is None and details.price is None:
            return pending
        if quantity_milli not in (None, ONE_MILLI):
            raise DomainError("quantity_fixed", item=pending.item.name)
        if own_milli is not None:
            pending = replace(pending, quantity_milli=own_milli)
        if details.price is not None:
            price = details.price
            pending = replace(
                pending,
                fixed_price_minor=price.minor(self._workplace.shop.currency.digits),
                price_currency=price.currency,
            )
        return pending

    def _labelled(
        self, items: Sequence[Item], label: InStoreItem, quantity_milli: int | None
    ) -> tuple[Pending, ...]:
        """What the shop's own label says, and nothing where its figures are all zeros."""
        if not label.price_minor and not label.quantity_milli:
            return tuple(keyed(item, label.text, quantity_milli) for item in _in_order_of_choice(items))
        if quantity_milli not in (None, ONE_MILLI):
            raise DomainError("quantity_fixed", item=items[0].name)
        return tuple(
            Pending(item, label.text, label.quantity_milli, fixed_price_minor=label.price_minor)
            for item in _in_order_of_choice(items)
        )


def _own_quantity_milli(item: Item, details: Gs1Details) -> int | None:
    """A weight says how much only of what is sold by weight; a count only of what is not."""
    own_milli = details.weight_grams if item.is_weighed else (details.count or 0) * ONE_MILLI
    return own_milli or None


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
