"""What the hub owns and a till sells from: items, departments, quick keys, staff, the shop."""

from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.currency import Currency


class Unit(StrEnum):
    """What one unit of an item's price is for."""

    EACH = "each"
    KILOGRAM = "kg"


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that the shop sells."""

    item_id: str
    item_code: str
    """The shop's own short code, unique in the shop."""
    name: str
    description: str
    department_id: str
    vat_code: str
    price_minor: int | None
    """VAT included, per unit; None: the price is typed at the till (an open price)."""
    unit: Unit = Unit.EACH
    plu: str | None = None
    barcodes: tuple[str, ...] = ()
    minimum_age: int = 0
    """Years; 0: anybody may buy it."""
    picture: str | None = None
    """SHA-256, hex, of the picture's bytes at the hub."""
    blocked: bool = False
    """Not to be sold, such as a recalled product."""

    @property
    def is_weighed(self) -> bool:
        return self.unit is Unit.KILOGRAM


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What the hub believes the shop has, and when it believed so."""

    item_id: str
    quantity_milli: int
    as_of: str


@dataclass(frozen=True, slots=True)
class Department:
    department_id: str
    name: str
    position: int


@dataclass(frozen=True, slots=True)
class QuickKey:
    """One tile of a page of quick keys."""

    quick_key_id: str
    page: str
    page_position: int
    position: int
    """1-based, left to right, top to bottom."""
    item_id: str
    label: str


class Role(StrEnum):
    CASHIER = "cashier"
    SUPERVISOR = "supervisor"
    MANAGER = "manager"
    INSTALLER = "installer"


@dataclass(frozen=True, slots=True)
class StaffMember:
    staff_id: str
    staff_code: str
    name: str
    role: Role
    pin_hash: str
    """argon2id in its encoded form; a second factor to the paired till, never a hub credential."""
    active: bool = True


@dataclass(frozen=True, slots=True)
class Shop:
    """The shop as its receipts name it."""

    shop_id: str
    name: str
    address: tuple[str, ...]
    phone: str
    vat_number: str
    currency: Currency
    receipt_header: str
    receipt_footer: str
