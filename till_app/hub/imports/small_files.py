"""Importing the short files: the shop, VAT codes, departments, quick keys and staff, each in one transaction.

A row that is known by its code is changed and keeps its id; a row that is missing removes nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import ColumnElement, Connection, Row, Table, insert, select, update

from till_app.domain.catalogue import Role
from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.domain.ids import new_uuid7
from till_app.domain.tax import VatKind, VatRate
from till_app.hub import tables
from till_app.hub.cells import (
    MAX_CODE_LENGTH,
    MAX_NAME_LENGTH,
    BadCell,
    checked_choice,
    checked_decimal,
    checked_integer,
    checked_text,
)
from till_app.hub.database import Database
from till_app.hub.feed import FeedWriter, accepted_import_id, bump_catalogue_version
from till_app.hub.imports.csv_file import Columns, CsvRow, open_rows
from till_app.hub.imports.report import FileRefused, ImportReport, Tally
from till_app.wire.changes import (
    DepartmentRecord,
    QuickKeyRecord,
    ShopRecord,
    StaffRecord,
    VatRateRecord,
)

_SHOP_KEYS = ("name", "address", "phone", "vat_number", "currency", "receipt_header", "receipt_footer")
_MAX_POSITION = 9_999
_MIN_PIN_DIGITS = 4
_MAX_PIN_DIGITS = 8
_MAX_SHOP_TEXT = 500


class _DryRun(Exception):
    """Rolls the transaction back."""


@dataclass(slots=True)
class _Run:
    """One file being imported."""

    connection: Connection
    feed: FeedWriter
    now: datetime
    tally: Tally
    lines: dict[object, int] = field(default_factory=dict)
    """Where a key was first seen."""
    pages: dict[str, int] = field(default_factory=dict)
    """Positions of the pages of quick keys, in the order of the file."""
    shop_texts: dict[str, list[str]] = field(default_factory=dict)

    def first_use(self, row: CsvRow, key: object, words: str) -> None:
        if key in self.lines:
            raise BadCell("duplicate", f"{words} is used before on line {self.lines[key]}")
        self.lines[key] = row.line

    def row_of(self, table: Table, condition: ColumnElement[bool]) -> Row[tuple[object, ...]] | None:
        return self.connection.execute(select(table).where(condition)).first()


@dataclass(frozen=True, slots=True)
class SmallFile:
    """What one kind of file has for columns, and what its rows do."""

    columns: Columns
    take_row: Callable[[_Run, CsvRow], None]
    finish: Callable[[_Run], None] | None = None


def import_small_file(
    database: Database, kind: str, path: Path, now: datetime, *, dry_run: bool
) -> ImportReport:
    """Raises FileRefused when nothing went in."""
    small_file = SMALL_FILES[kind]
    tally = Tally(kind, dry_run)
    try:
        with open_rows(path, small_file.columns, tally) as rows, database.writing() as connection:
            if accepted_import_id(connection) is not None:
                raise FileRefused("An import of items is going in. Nothing was imported; import it again.")
            run = _Run(connection, FeedWriter(connection), now, tally)
            for row in rows:
                try:
                    small_file.take_row(run, row)
                except BadCell as bad:
                    tally.refuse(row.line, bad.code, bad.words)
            if small_file.finish is not None:
                small_file.finish(run)
            if tally.added or tally.changed:
                bump_catalogue_version(connection)
            run.feed.flush()
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    return tally.report()


def _store(run: _Run, table: Table, id_column: str, values: dict[str, object], is_known: bool) -> None:
    if is_known:
        condition = table.c[id_column] == values[id_column]
        run.connection.execute(update(table).where(condition).values(**values))
    else:
        run.connection.execute(insert(table).values(**values))


def _take_shop_row(run: _Run, row: CsvRow) -> None:
    key = row.cells["key"].strip().lower()
    base = "address" if key.startswith("address") or key == "postcode" else key
    if base not in _SHOP_KEYS:
        raise BadCell("unknown_key", f"{key[:40]!r} is none of {', '.join(_SHOP_KEYS)}")
    is_phone = base == "phone" and row.cells["value"].startswith("+")
    plus = "+" if is_phone else ""
    value = plus + checked_text(base, row.cells["value"].removeprefix(plus), _MAX_SHOP_TEXT)
    if base == "currency":
        try:
            currency_by_code(value)
        except DomainError as error:
            raise BadCell("unknown_currency", f"there is no currency {value!r}") from error
    if base != "address":
        run.first_use(row, key, key)
    run.shop_texts.setdefault(base, []).append(value)


def _finish_shop(run: _Run) -> None:
    """Address, header and footer have lines: `|` parts them, and an address may have rows of its own,
    such as `address_1` and `postcode`, in the order of the file."""
    present = run.connection.execute(select(tables.shop)).first()
    values: dict[str, str] = (
        {name: getattr(present, name) for name in _SHOP_KEYS} if present else dict.fromkeys(_SHOP_KEYS, "")
    )
    values |= {
        name: "\n".join(part.strip() for text in found for part in text.split("|") if part.strip())
        if name in ("address", "receipt_header", "receipt_footer")
        else found[-1]
        for name, found in run.shop_texts.items()
    }
    if not values["name"] or not values["currency"]:
        raise FileRefused("A shop needs at least a name and a currency.")
    shop_id = present.shop_id if present else new_uuid7(run.now)
    record = ShopRecord(
        shop_id,
        values["name"],
        values["address"].split("\n") if values["address"] else [],
        values["phone"],
        values["vat_number"],
        values["currency"],
        values["receipt_header"],
        values["receipt_footer"],
    )
    _store(run, tables.shop, "shop_id", {"shop_id": shop_id, **values}, present is not None)
    _count(run, run.feed.put_if_changed(record), present is not None)


def _count(run: _Run, has_changed: bool, is_known: bool) -> None:
    run.tally.count("added" if not is_known else "changed" if has_changed else "unchanged")


def _take_vat_code(run: _Run, row: CsvRow) -> None:
    code = checked_text("code", row.cells["code"], 2, required=True)
    name = checked_text("name", row.cells["name"], MAX_NAME_LENGTH, required=True)
    kind = checked_choice("kind", row.cells["kind"], tuple(VatKind))
    rate_bp = checked_decimal("rate_percent", row.cells["rate_percent"], 2, 9_999)
    try:
        VatRate(code, name, VatKind(kind), rate_bp)
    except ValueError as error:
        raise BadCell("rate_impossible", str(error)) from error
    run.first_use(row, code, f"code {code}")
    present = run.row_of(tables.vat_rate, tables.vat_rate.c.code == code)
    values: dict[str, object] = {"code": code, "name": name, "kind": kind, "rate_bp": rate_bp}
    _store(run, tables.vat_rate, "code", values, present is not None)
    _count(run, run.feed.put_if_changed(VatRateRecord(code, name, kind, rate_bp)), present is not None)


def _take_department(run: _Run, row: CsvRow) -> None:
    code = checked_text("code", row.cells["code"], MAX_CODE_LENGTH, required=True)
    name = checked_text("name", row.cells["name"], MAX_NAME_LENGTH, required=True)
    position = checked_integer("position", row.cells["position"], 0, _MAX_POSITION)
    run.first_use(row, code, f"code {code}")
    present = run.row_of(tables.department, tables.department.c.code == code)
    department_id = str(present.department_id) if present else new_uuid7(run.now)
    values: dict[str, object] = {
        "department_id": department_id,
        "code": code,
        "name": name,
        "position": position,
    }
    _store(run, tables.department, "department_id", values, present is not None)
    record = DepartmentRecord(department_id, name, position)
    _count(run, run.feed.put_if_changed(record), present is not None)


def _take_quick_key(run: _Run, row: CsvRow) -> None:
    page = checked_text("page", row.cells["page"], MAX_NAME_LENGTH, required=True)
    position = checked_integer("position", row.cells["position"], 1, _MAX_POSITION)
    item_code = checked_text("item_code", row.cells["item_code"], MAX_CODE_LENGTH, required=True)
    label = checked_text("label", row.cells["label"], MAX_NAME_LENGTH)
    item = run.row_of(tables.item, tables.item.c.item_code == item_code)
    if item is None:
        raise BadCell("unknown_item", f"there is no item {item_code!r}")
    run.first_use(row, (page, position), f"position {position} of page {page}")
    page_position = run.pages.setdefault(page, len(run.pages) + 1)
    keys = tables.quick_key.c
    present = run.row_of(tables.quick_key, (keys.page == page) & (keys.position == position))
    quick_key_id = str(present.quick_key_id) if present else new_uuid7(run.now)
    record = QuickKeyRecord(
        quick_key_id, page, page_position, position, str(item.item_id), label or str(item.name)
    )
    values: dict[str, object] = {name: getattr(record, name) for name in record.__struct_fields__}
    _store(run, tables.quick_key, "quick_key_id", values, present is not None)
    _count(run, run.feed.put_if_changed(record), present is not None)


def _take_staff(run: _Run, row: CsvRow) -> None:
    staff_code = checked_text("staff_code", row.cells["staff_code"], MAX_CODE_LENGTH, required=True)
    name = checked_text("name", row.cells["name"], MAX_NAME_LENGTH, required=True)
    role = checked_choice("role", row.cells["role"], tuple(Role))
    pin = checked_text("pin", row.cells["pin"], 64)
    run.first_use(row, staff_code, f"staff_code {staff_code}")
    present = run.row_of(tables.staff, tables.staff.c.staff_code == staff_code)
    pin_hash = _pin_hash(pin, str(present.pin_hash) if present else None)
    staff_id = str(present.staff_id) if present else new_uuid7(run.now)
    record = StaffRecord(
        staff_id, staff_code, name, role, pin_hash, bool(present.active) if present else True
    )
    values: dict[str, object] = {field: getattr(record, field) for field in record.__struct_fields__}
    _store(run, tables.staff, "staff_id", values, present is not None)
    _count(run, run.feed.put_if_changed(record), present is not None)


def _pin_hash(pin: str, present_hash: str | None) -> str:
    """The hash of a PIN; an empty PIN, or the same one again, keeps the present hash."""
    if not pin and present_hash is not None:
        return present_hash
    if not (pin.isascii() and pin.isdigit() and _MIN_PIN_DIGITS <= len(pin) <= _MAX_PIN_DIGITS):
        raise BadCell("pin_malformed", f"pin is not {_MIN_PIN_DIGITS} to {_MAX_PIN_DIGITS} digits")
    # OWASP's parameters for argon2id: about 25 ms on a till.
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
    if present_hash is not None:
        try:
            hasher.verify(present_hash, pin)
        except VerifyMismatchError:
            pass
        else:
            return present_hash
    return hasher.hash(pin)


SMALL_FILES = {
    "shop": SmallFile(Columns(("key", "value")), _take_shop_row, _finish_shop),
    "vat-codes": SmallFile(Columns(("code", "name", "rate_percent", "kind")), _take_vat_code),
    "departments": SmallFile(Columns(("code", "name", "position")), _take_department),
    "quick-keys": SmallFile(Columns(("page", "position", "item_code"), ("label",)), _take_quick_key),
    "staff": SmallFile(Columns(("staff_code", "name", "role"), ("pin",)), _take_staff),
}
