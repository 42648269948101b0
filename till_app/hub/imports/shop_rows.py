"""Rows of files about shops: what they are called, where stock lies, what tills print, show and obey."""

from sqlalchemy import select

from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.hub import tables
from till_app.hub.catalogue.departments import MAX_POSITION
from till_app.hub.catalogue.editing import checked_code
from till_app.hub.catalogue.quick_keys import QuickKeyEdit, put_quick_key, remove_quick_key
from till_app.hub.catalogue.receipt_texts import ReceiptTextEdit, put_receipt_text, remove_receipt_text
from till_app.hub.catalogue.settings import SettingEdit, put_setting, remove_setting
from till_app.hub.catalogue.shops import (
    FIRST_SHOP_CODE,
    MAX_SHOP_TEXT,
    LocationEdit,
    ShopEdit,
    put_location,
    put_shop,
)
from till_app.hub.catalogue.staff import StaffEdit, put_staff, remove_staff
from till_app.hub.cells import (
    MAX_NAME_LENGTH,
    BadCell,
    checked_flag,
    checked_integer,
    checked_phone,
    checked_text,
)
from till_app.hub.imports.csv_file import CsvRow
from till_app.hub.imports.report import FileRefused
from till_app.hub.imports.run import Run, is_deleted, parted, shop_code

_SHOP_KEYS = ("name", "address", "phone", "vat_number", "currency", "receipt_header", "receipt_footer")


def take_shop_text(run: Run, row: CsvRow) -> None:
    """Of the file with a row for each text of the only shop."""
    key = row.cells["key"].strip().lower()
    base = "address" if key.startswith("address") or key == "postcode" else key
    if base not in _SHOP_KEYS:
        raise BadCell("unknown_key", f"{key[:40]!r} is none of {', '.join(_SHOP_KEYS)}")
    checked = checked_phone if base == "phone" else checked_text
    value = checked(base, row.cells["value"], MAX_SHOP_TEXT)
    if base == "currency":
        try:
            currency_by_code(value)
        except DomainError as error:
            raise BadCell("unknown_currency", f"there is no currency {value!r}") from error
    if base != "address":
        run.first_use(row, key, key)
    run.shop_texts.setdefault(base, []).append(value)


def finish_shop(run: Run) -> None:
    """Address, header and footer have lines: `|` parts them, and an address may have rows of its own,
    such as `address_1` and `postcode`, in the order of the file."""
    shops = run.edit.connection.execute(select(tables.shop)).all()
    present = shops[0] if len(shops) == 1 else run.edit.row(tables.shop, shop_code=FIRST_SHOP_CODE)
    values: dict[str, str] = (
        {name: getattr(present, name) for name in _SHOP_KEYS} if present else dict.fromkeys(_SHOP_KEYS, "")
    )
    if present is None or not present.name:
        values["currency"] = ""
    values |= {
        name: "\n".join(part for text in found for part in parted(text, "|"))
        if name in ("address", "receipt_header", "receipt_footer")
        else found[-1]
        for name, found in run.shop_texts.items()
    }
    if not values["name"] or not values["currency"]:
        raise FileRefused("A shop needs at least a name and a currency.")
    address = values.pop("address").split("\n")
    code = present.shop_code if present else FIRST_SHOP_CODE
    try:
        run.count(put_shop(run.edit, code, ShopEdit(address=address, **values)))
    except BadCell as bad:
        raise FileRefused(bad.words) from bad


def take_shop(run: Run, row: CsvRow) -> None:
    cells = row.cells
    code = checked_code("shop_code", cells["shop_code"])
    run.first_use(row, code, f"shop_code {code}")
    given = ShopEdit(
        name=cells["name"],
        currency=cells["currency"].strip(),
        address=parted(cells["address"], "|"),
        phone=cells["phone"],
        vat_number=cells["vat_number"],
        receipt_header="\n".join(parted(cells["receipt_header"], "|")),
        receipt_footer="\n".join(parted(cells["receipt_footer"], "|")),
    )
    run.count(put_shop(run.edit, code, given))


def take_location(run: Run, row: CsvRow) -> None:
    code = checked_code("location_code", row.cells["location_code"])
    run.first_use(row, code, f"location_code {code}")
    is_default = checked_flag("default", row.cells["default"])
    given = LocationEdit(name=row.cells["name"], shop=row.cells["shop_code"], default=is_default)
    run.count(put_location(run.edit, code, given))


def take_receipt_text(run: Run, row: CsvRow) -> None:
    cells, shop_id = row.cells, run.shop_id(row)
    place = cells["place"].strip().lower()
    position = checked_integer("position", cells["position"], 0, MAX_POSITION)
    run.first_use(row, (place, position, shop_id), f"position {position} of the {place}")
    if is_deleted(row):
        run.count_removed(remove_receipt_text(run.edit, place, position, shop_id))
        return
    given = ReceiptTextEdit(
        text=cells["text"], valid_from=cells["valid_from"], valid_until=cells["valid_until"]
    )
    run.count(put_receipt_text(run.edit, place, position, shop_id, given))


def take_setting(run: Run, row: CsvRow) -> None:
    name, shop_id = checked_code("name", row.cells["name"]), run.shop_id(row)
    run.first_use(row, (name, shop_id), f"the setting {name}")
    if is_deleted(row):
        run.count_removed(remove_setting(run.edit, name, shop_id))
    else:
        run.count(put_setting(run.edit, name, shop_id, SettingEdit(row.cells["value"])))


def take_quick_key(run: Run, row: CsvRow) -> None:
    shop_id = run.shop_id(row)
    page = checked_text("page", row.cells["page"], MAX_NAME_LENGTH, required=True)
    position = checked_integer("position", row.cells["position"], 1, MAX_POSITION)
    key, words = (page, position, shop_id), f"position {position} of page {page}"
    if is_deleted(row):
        run.first_use(row, key, words)
        run.count_removed(remove_quick_key(run.edit, page, position, shop_id))
        return
    page_position = run.pages.get(page, len(run.pages) + 1)
    given = QuickKeyEdit(row.cells["item_code"], row.cells["label"], page_position)
    if key in run.lines:
        run.first_use(row, key, words)
    run.count(put_quick_key(run.edit, page, position, shop_id, given))
    run.lines[key] = row.line
    run.pages[page] = page_position


def take_staff(run: Run, row: CsvRow) -> None:
    code = checked_code("staff_code", row.cells["staff_code"])
    run.first_use(row, code, f"staff_code {code}")
    if is_deleted(row):
        run.count_removed(remove_staff(run.edit, code))
        return
    given = StaffEdit(
        name=row.cells["name"], role=row.cells["role"], pin=row.cells["pin"], shop=shop_code(row)
    )
    run.count(put_staff(run.edit, code, given))
