"""The feed from hub to till: one ordered stream of whole records and tombstones.

`GET /v1/changes?cursor=…&limit=…` answers a `ChangesPage`. Records travel as JSON arrays whose first
element is their kind. A record is sent whole each time it changes; a till replaces what it has.
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
    blocked: bool


class StockRecord(msgspec.Struct, frozen=True, array_like=True, tag="stock"):
    item_id: str
    quantity_milli: int
    as_of: str


class DepartmentRecord(msgspec.Struct, frozen=True, array_like=True, tag="department"):
    department_id: str
    name: str
    position: int


class VatRateRecord(msgspec.Struct, frozen=True, array_like=True, tag="vat_rate"):
    code: str
    name: str
    kind: str
    rate_bp: int


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


Record = (
    ItemRecord
    | StockRecord
    | DepartmentRecord
    | VatRateRecord
    | QuickKeyRecord
    | StaffRecord
    | ShopRecord
    | Tombstone
)


class ChangesPage(msgspec.Struct, frozen=True):
    """Records in the order of their commit at the hub."""

    epoch: str
    """Changes when the hub's data was replaced, such as restored from a backup."""
    records: list[Record]
    next_cursor: str
    """Opaque; to be saved together with the page."""
    more: bool
