"""The feed from hub to till: one ordered stream of whole records and tombstones.

`GET /v1/changes?cursor=…&limit=…` answers a `ChangesPage`. Records travel as JSON arrays whose first
element is their kind. A record is sent whole each time it changes; a till replaces what it has. New
fields are added at the end with a default, so that either side may be the older one.

Days are ISO dates of the shop, both ends included; None is open-ended.
"""

import msgspec

START_CURSOR = ""
"""Asks for everything from the beginning."""


class ItemRecord(msgspec.Struct, frozen=True, array_like=True, tag="item"):
    item_id: str
    item_code: str
    name: str
    description: str
    department_id: str
    vat_code: str
    price_minor: int | None
    unit: str
    plu: str | None
    barcodes: list[str]
    minimum_age: int
    picture: str | None
    """The first of `pictures`."""
    blocked: bool
    pictures: list[str] = []
    """SHA-256 of each, in their order."""
    pack_milli: dict[str, int] = {}
    """Of those barcodes that stand for another quantity than one."""


class StockRecord(msgspec.Struct, frozen=True, array_like=True, tag="stock"):
    """Its id in tombstones and sweeps is `item_id@location_id`."""

    item_id: str
    quantity_milli: int
    as_of: str
    """When it was true."""
    location_id: str = ""


class LocationRecord(msgspec.Struct, frozen=True, array_like=True, tag="location"):
    """A place that holds stock, such as a shop floor or a stock room."""

    location_id: str
    name: str
    shop_id: str
    is_default: bool
    """Sales of the shop take from here."""


class DepartmentRecord(msgspec.Struct, frozen=True, array_like=True, tag="department"):
    department_id: str
    name: str
    position: int


class VatRateRecord(msgspec.Struct, frozen=True, array_like=True, tag="vat_rate"):
    code: str
    name: str
    kind: str
    rate_bp: int
    """Until the first of `changes`."""
    changes: list[tuple[str, int]] = []
    """Day from which it holds, and rate; ascending."""


class PriceListRecord(msgspec.Struct, frozen=True, array_like=True, tag="price_list"):
    """Of the lists that hold on a day the one with the highest priority has its way, item by item."""

    price_list_id: str
    name: str
    priority: int
    valid_from: str | None
    valid_until: str | None
    customers_only: bool
    """Holds only for customers who have this list."""


class PriceRecord(msgspec.Struct, frozen=True, array_like=True, tag="price"):
    price_id: str
    price_list_id: str
    item_id: str
    price_minor: int


class PromotionRecord(msgspec.Struct, frozen=True, array_like=True, tag="promotion"):
    """`kind` says what `quantity` and `value` mean: see domain.promotions."""

    promotion_id: str
    name: str
    kind: str
    valid_from: str | None
    valid_until: str | None
    quantity: int
    value: int
    item_ids: list[str]
    department_ids: list[str]


class CustomerRecord(msgspec.Struct, frozen=True, array_like=True, tag="customer"):
    customer_id: str
    customer_code: str
    name: str
    email: str
    phone: str
    address: list[str]
    price_list_id: str | None
    balance_minor: int
    """What the customer owes; negative: has in hand."""
    credit_limit_minor: int
    balance_at: str
    """When the balance was true."""
    note: str
    active: bool


class ReceiptTextRecord(msgspec.Struct, frozen=True, array_like=True, tag="receipt_text"):
    receipt_text_id: str
    place: str
    """`header` or `footer`."""
    position: int
    text: str
    valid_from: str | None
    valid_until: str | None


class SettingRecord(msgspec.Struct, frozen=True, array_like=True, tag="setting"):
    name: str
    value: str


class QuickKeyRecord(msgspec.Struct, frozen=True, array_like=True, tag="quick_key"):
    quick_key_id: str
    page: str
    page_position: int
    position: int
    item_id: str
    label: str


class StaffRecord(msgspec.Struct, frozen=True, array_like=True, tag="staff"):
    staff_id: str
    staff_code: str
    name: str
    role: str
    pin_hash: str
    active: bool


class ShopRecord(msgspec.Struct, frozen=True, array_like=True, tag="shop"):
    shop_id: str
    name: str
    address: list[str]
    phone: str
    vat_number: str
    currency: str
    receipt_header: str
    receipt_footer: str


class Tombstone(msgspec.Struct, frozen=True, array_like=True, tag="gone"):
    """The record of that kind and id exists no more. Only a tombstone means deletion, never an absence."""

    kind: str
    record_id: str


LiveRecord = (
    ItemRecord
    | StockRecord
    | LocationRecord
    | DepartmentRecord
    | VatRateRecord
    | PriceListRecord
    | PriceRecord
    | PromotionRecord
    | CustomerRecord
    | ReceiptTextRecord
    | SettingRecord
    | QuickKeyRecord
    | StaffRecord
    | ShopRecord
)
Record = LiveRecord | Tombstone


def record_key(record: LiveRecord) -> tuple[str, str]:
    """Kind and id under which a record is known on both sides."""
    kind = str(record.__struct_config__.tag)
    if isinstance(record, StockRecord):
        return kind, f"{record.item_id}@{record.location_id}"
    return kind, getattr(record, record.__struct_fields__[0])


class ChangesPage(msgspec.Struct, frozen=True):
    """Records in the order of their commit at the hub."""

    epoch: str
    """Changes when the hub's data was replaced, such as restored from a backup."""
    records: list[Record]
    next_cursor: str
    """Opaque; to be saved together with the page."""
    more: bool
