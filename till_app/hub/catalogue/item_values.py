"""What an item's fields must be, of a file's row and of a person's edit alike."""

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection

from till_app.domain.basket_line import MAX_LINE_MINOR
from till_app.hub.catalogue.editing import id_of
from till_app.hub.cells import (
    MAX_CODE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    BadCell,
    barcode_key,
    checked_choice,
    checked_decimal,
    checked_text,
)
from till_app.hub.tables import department, vat_rate

MAX_BARCODES = 100
MAX_PICTURES = 20
MAX_PACK_MILLI = 10**7
_ONE_MILLI = 1000


class ItemEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An item, whole. `price_minor` null: the price is typed at the till."""

    name: str
    department: str
    """Its code."""
    vat_code: str
    price_minor: int | None
    description: str = ""
    unit: str = "each"
    """`each` or `kg`."""
    plu: str | None = None
    barcodes: list[str] = []
    """One that stands for a pack has its quantity behind a `*`, such as `5012345678900*6`."""
    minimum_age: int = 0
    pictures: list[str] = []
    """File names, in order."""
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class BarcodeValue:
    barcode: str
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class ItemValues:
    columns: dict[str, object]
    """Of the table, but for id and code."""
    barcodes: dict[str, BarcodeValue]
    """By key."""
    pictures: list[str]
    """File names."""


def checked_item(connection: Connection, given: ItemEdit) -> ItemValues:
    """Raises BadCell for the first thing that is wrong."""
    price_minor = given.price_minor
    if price_minor is not None and not 0 <= price_minor <= MAX_LINE_MINOR:
        raise BadCell("out_of_range", f"price_minor is outside 0 to {MAX_LINE_MINOR}")
    if not 0 <= given.minimum_age <= 99:
        raise BadCell("out_of_range", "minimum_age is outside 0 to 99")
    code = department.c.code
    pictures = checked_pictures(given.pictures)
    columns: dict[str, object] = {
        "name": checked_text("name", given.name, MAX_NAME_LENGTH, required=True),
        "description": checked_text("description", given.description, MAX_DESCRIPTION_LENGTH),
        "department_id": id_of(connection, department.c.department_id, code, given.department, "department"),
        "vat_code": id_of(connection, vat_rate.c.code, vat_rate.c.code, given.vat_code, "VAT code"),
        "price_minor": price_minor,
        "unit": checked_choice("unit", given.unit, ("each", "kg")),
        "plu": checked_plu(given.plu or ""),
        "minimum_age": given.minimum_age,
        "picture_file": pictures[0] if pictures else None,
        "blocked": given.blocked,
    }
    return ItemValues(columns, checked_barcodes(given.barcodes), pictures)


def checked_plu(raw: str) -> str | None:
    plu = checked_text("plu", raw, 13)
    if plu and not (plu.isascii() and plu.isdigit()):
        raise BadCell("plu_malformed", f"plu {plu!r} is not made of digits")
    return plu or None


def checked_barcodes(parts: Iterable[str]) -> dict[str, BarcodeValue]:
    """By key, in order; the first of two that mean the same counts."""
    by_key: dict[str, BarcodeValue] = {}
    for part in parts:
        barcode, star, pack = part.strip().partition("*")
        barcode = barcode.strip()
        if not barcode and not star:
            continue
        quantity_milli = checked_decimal("pack quantity", pack, 3, MAX_PACK_MILLI) if star else _ONE_MILLI
        if quantity_milli == 0:
            raise BadCell("pack_empty", f"the pack of barcode {barcode[:MAX_CODE_LENGTH]} holds nothing")
        by_key.setdefault(barcode_key(barcode), BarcodeValue(barcode, quantity_milli))
    if len(by_key) > MAX_BARCODES:
        raise BadCell("too_many", f"an item has at most {MAX_BARCODES} barcodes")
    return by_key


def checked_pictures(names: Iterable[str]) -> list[str]:
    """File names in order, each once."""
    checked = (checked_text("picture", name, MAX_NAME_LENGTH) for name in names)
    pictures = list(dict.fromkeys(name for name in checked if name))
    if len(pictures) > MAX_PICTURES:
        raise BadCell("too_many", f"an item has at most {MAX_PICTURES} pictures")
    return pictures
