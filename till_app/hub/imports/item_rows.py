"""One row of an item file: what its cells must be. What other rows and items have is not looked at."""

from dataclasses import dataclass

from till_app.hub.catalogue.item_values import (
    BarcodeValue,
    checked_barcodes,
    checked_pictures,
    checked_plu,
)
from till_app.hub.catalogue.stock import MAX_STOCK_MILLI
from till_app.hub.cells import (
    MAX_CODE_LENGTH,
    MAX_DESCRIPTION_LENGTH,
    MAX_NAME_LENGTH,
    BadCell,
    checked_choice,
    checked_decimal,
    checked_flag,
    checked_integer,
    checked_price_minor,
    checked_text,
)
from till_app.hub.imports.csv_file import Columns, CsvRow

ITEM_COLUMNS = Columns(
    required=("item_code", "name", "department", "vat_code", "price"),
    optional=(
        "description",
        "open_price",
        "unit",
        "plu",
        "barcodes",
        "minimum_age",
        "stock",
        "picture",
    ),
)
_MAX_LIST_LENGTH = 4_000


@dataclass(frozen=True, slots=True)
class ItemRow:
    """A row that makes sense by itself."""

    line: int
    item_code: str
    name: str
    description: str
    department_id: str
    vat_code: str
    price_minor: int | None
    unit: str
    plu: str | None
    barcodes: dict[str, BarcodeValue]
    """By key."""
    minimum_age: int
    stock_milli: int | None
    pictures: list[str]
    """File names, in order."""

    @property
    def picture_file(self) -> str | None:
        return self.pictures[0] if self.pictures else None

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What no other item may have, as (kind, key)."""
        plu = [("plu", self.plu)] if self.plu else []
        return [("item_code", self.item_code), *plu, *(("barcode", key) for key in self.barcodes)]


def parse_item(row: CsvRow, departments: dict[str, str], vat_codes: set[str]) -> ItemRow:
    """Raises BadCell for the first thing that is wrong."""
    cells = row.cells
    item_code = checked_text("item_code", cells["item_code"], MAX_CODE_LENGTH, required=True)
    name = checked_text("name", cells["name"], MAX_NAME_LENGTH, required=True)
    description = checked_text("description", cells["description"], MAX_DESCRIPTION_LENGTH)
    department = checked_text("department", cells["department"], MAX_CODE_LENGTH, required=True)
    if department not in departments:
        raise BadCell("unknown_department", f"there is no department {department!r}")
    vat_code = checked_text("vat_code", cells["vat_code"], MAX_CODE_LENGTH, required=True)
    if vat_code not in vat_codes:
        raise BadCell("unknown_vat_code", f"there is no VAT code {vat_code!r}")
    unit = checked_choice("unit", cells["unit"] or "each", ("each", "kg"))
    return ItemRow(
        line=row.line,
        item_code=item_code,
        name=name,
        description=description,
        department_id=departments[department],
        vat_code=vat_code,
        price_minor=_price(cells["price"], checked_flag("open_price", cells["open_price"])),
        unit=unit,
        plu=checked_plu(cells["plu"]),
        barcodes=checked_barcodes(_parted("barcodes", cells["barcodes"])),
        minimum_age=checked_integer("minimum_age", cells["minimum_age"] or "0", 0, 99),
        stock_milli=_stock(cells["stock"], unit),
        pictures=checked_pictures(_parted("picture", cells["picture"])),
    )


def _price(raw: str, is_open: bool) -> int | None:
    if not raw.strip():
        if is_open:
            return None
        raise BadCell("price_missing", "price is empty and open_price is not yes")
    price_minor = checked_price_minor(raw)
    if is_open and price_minor:
        raise BadCell("price_and_open_price", "price is given although open_price is yes")
    return None if is_open else price_minor


def _parted(column: str, raw: str) -> list[str]:
    return checked_text(column, raw, _MAX_LIST_LENGTH).split("|")


def _stock(raw: str, unit: str) -> int | None:
    if not raw.strip():
        return None
    stock_milli = checked_decimal("stock", raw, 3, MAX_STOCK_MILLI)
    if unit == "each" and stock_milli % 1000:
        raise BadCell("stock_not_whole", f"stock {raw.strip()} is not a whole number")
    return stock_milli
