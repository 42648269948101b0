"""What the hub owns and a till sells from: items, departments, quick keys, staff, the shop."""

from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.currency import Currency


class Unit(StrEnum):
    """What one unit of an item's price is for."""

    EACH = "each"
    KILOGRAM = "kg"


@dataclass(frozen=True, slots=True)
class Pack:
    """A barcode of an item that stands for another quantity than one, such as a case of six."""

    barcode: str
    quantity_milli: int

    def __post_init__(self) -> None:
        if self.quantity_milli <= 0:
            raise ValueError(f"pack {self.barcode} holds nothing")


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
    """SHA-256, hex, of the first picture's bytes at the hub."""
    blocked: bool = False
    """Not to be sold, such as a recalled product."""
    pictures: tuple[str, ...] = ()
    """All of them in their order; `picture` is the first."""
    packs: tuple[Pack, ...] = ()

    @property
    def is_weighed(self) -> bool:
        return self.unit is Unit.KILOGRAM

    def pack_milli(self, barcode: str) -> int:
        """How much one scan of the barcode brings: a thousand but for a pack. Leading zeros, by which the
        sizes of GTIN differ, do not count."""
        wanted = barcode.lstrip("0")
        return next((pack.quantity_milli for pack in self.packs if pack.barcode.lstrip("0") == wanted), 1000)


@dataclass(frozen=True, slots=True)
class StockLevel:
    """What the hub believes the shop has, and when it believed so."""

    item_id: str
    quantity_milli: int
    as_of: str
    location_id: str = ""


@dataclass(frozen=True, slots=True)
class Location:
    """A place that holds stock."""

    location_id: str
    name: str
    shop_id: str
    is_default: bool
    """Sales of the shop take from here."""


@dataclass(frozen=True, slots=True)
class Validity:
    """Days, ISO, both included; None is open-ended."""

    first_day: str | None = None
    last_day: str | None = None

    def holds_on(self, day: str) -> bool:
        return (self.first_day is None or self.first_day <= day) and (
            self.last_day is None or day <= self.last_day
        )


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices for a time, a shop or some customers; of several that hold, the highest priority wins."""

    price_list_id: str
    name: str
    priority: int
    validity: Validity = Validity()
    customers_only: bool = False
    """Holds only for customers who have this list."""


@dataclass(frozen=True, slots=True)
class ListedPrice:
    """What one item costs by one price list, VAT included, per unit."""

    price_id: str
    price_list_id: str
    item_id: str
    price_minor: int


@dataclass(frozen=True, slots=True)
class Customer:
    customer_id: str
    customer_code: str
    name: str
    email: str = ""
    phone: str = ""
    address: tuple[str, ...] = ()
    price_list_id: str | None = None
    balance_minor: int = 0
    """What the customer owes; negative: has in hand."""
    credit_limit_minor: int = 0
    balance_at: str = ""
    """When the balance was true."""
    note: str = ""
    active: bool = True


class TextPlace(StrEnum):
    HEADER = "header"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class ReceiptText:
    receipt_text_id: str
    place: TextPlace
    position: int
    text: str
    validity: Validity = Validity()


@dataclass(frozen=True, slots=True)
class Setting:
    """What the hub decides for its tills; see domain.shop_settings for the names that a till knows."""

    name: str
    value: str


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
