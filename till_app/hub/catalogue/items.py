"""Single edits of items: made or changed as a whole, changed by field, removed with all that names them."""

from datetime import datetime

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, Table, delete, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.hub.catalogue.editing import AnyRow, Outcome, checked_code, row_of
from till_app.hub.catalogue.item_records import item_record, picture_files
from till_app.hub.catalogue.item_values import ItemEdit, ItemValues, checked_item
from till_app.hub.catalogue.promotions import drop_item_from_promotions
from till_app.hub.catalogue.stock import total_milli
from till_app.hub.cells import BadCell
from till_app.hub.feed import FeedWriter, bump_catalogue_version, require_no_import
from till_app.hub.refusals import Refused
from till_app.hub.tables import (
    department,
    item,
    item_barcode,
    item_picture,
    location,
    price,
    quick_key,
    stock,
)
from till_app.wire.exchange import ErrorCode


class ItemPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only the fields that are given change."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    price_minor: int | UnsetType | None = UNSET
    vat_code: str | UnsetType = UNSET
    department: str | UnsetType = UNSET
    minimum_age: int | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    plu: str | UnsetType | None = UNSET
    barcodes: list[str] | UnsetType = UNSET
    pictures: list[str] | UnsetType = UNSET


class ItemView(msgspec.Struct, frozen=True):
    """An item as the back office shows it."""

    item_id: str
    item_code: str
    name: str
    description: str
    department: str
    vat_code: str
    price_minor: int | None
    unit: str
    plu: str | None
    barcodes: list[str]
    minimum_age: int
    picture: str | None
    """SHA-256 of the first picture."""
    blocked: bool
    stock_milli: int | None
    """At all locations together."""
    pictures: list[str]
    """File names, in order."""


def item_view(connection: Connection, item_code: str) -> ItemView:
    """Raises Refused 404."""
    row = _item_row(connection, item_code)
    record = item_record(connection, row)
    whole = _as_edit(connection, row)
    return ItemView(
        item_id=record.item_id,
        item_code=record.item_code,
        picture=record.picture,
        stock_milli=total_milli(connection, record.item_id),
        **msgspec.structs.asdict(whole),
    )


def _as_edit(connection: Connection, row: AnyRow) -> ItemEdit:
    record = item_record(connection, row)
    code = connection.execute(
        select(department.c.code).where(department.c.department_id == record.department_id)
    ).scalar_one()
    barcodes = (
        f"{barcode}*{_plain(record.pack_milli[barcode])}" if barcode in record.pack_milli else barcode
        for barcode in record.barcodes
    )
    return ItemEdit(
        name=record.name,
        department=code,
        vat_code=record.vat_code,
        price_minor=record.price_minor,
        description=record.description,
        unit=record.unit,
        plu=record.plu,
        barcodes=list(barcodes),
        minimum_age=record.minimum_age,
        pictures=picture_files(connection, row),
        blocked=record.blocked,
    )


def _plain(quantity_milli: int) -> str:
    """Such as 6 or 0.5."""
    whole, rest = divmod(quantity_milli, 1000)
    return f"{whole}.{rest:03d}".rstrip("0") if rest else str(whole)


def edit_item(connection: Connection, item_code: str, patch: ItemPatch) -> ItemView:
    """Raises Refused 404 or 400. An edit that changes nothing leaves the feed alone."""
    require_no_import(connection)
    row = _item_row(connection, item_code)
    given = {name: value for name in patch.__struct_fields__ if (value := getattr(patch, name)) is not UNSET}
    _store(connection, row, item_code, msgspec.structs.replace(_as_edit(connection, row), **given))
    return item_view(connection, item_code)


def put_item(connection: Connection, item_code: str, given: ItemEdit, now: datetime) -> Outcome:
    """Raises Refused 400."""
    require_no_import(connection)
    try:
        item_code = checked_code("item_code", item_code)
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad
    row = connection.execute(select(item).where(item.c.item_code == item_code)).first()
    has_changed = _store(connection, row, item_code, given, new_uuid7(now))
    if row is None:
        return Outcome.ADDED
    return Outcome.CHANGED if has_changed else Outcome.UNCHANGED


def _store(
    connection: Connection, row: AnyRow | None, item_code: str, given: ItemEdit, new_id: str = ""
) -> bool:
    try:
        values = checked_item(connection, given)
        item_id = str(row.item_id) if row is not None else new_id
        _require_free(connection, values, item_id)
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad
    if row is None:
        connection.execute(insert(item).values(item_id=item_id, item_code=item_code, **values.columns))
    else:
        connection.execute(update(item).where(item.c.item_id == item_id).values(**values.columns))
    _replace_rows(
        connection,
        item_barcode,
        item_id,
        [
            {"barcode_key": key, "barcode": code.barcode, "quantity_milli": code.quantity_milli}
            for key, code in values.barcodes.items()
        ],
    )
    _replace_rows(connection, item_picture, item_id, [{"file_name": name} for name in values.pictures[1:]])
    writer = FeedWriter(connection)
    has_changed = writer.put_if_changed(item_record(connection, _item_row(connection, item_code)))
    if has_changed:
        bump_catalogue_version(connection)
    writer.flush()
    return has_changed


def _replace_rows(connection: Connection, table: Table, item_id: str, rows: list[dict[str, object]]) -> None:
    connection.execute(delete(table).where(table.c.item_id == item_id))
    if rows:
        connection.execute(
            insert(table),
            [{"item_id": item_id, "position": position, **row} for position, row in enumerate(rows, 1)],
        )


def _require_free(connection: Connection, values: ItemValues, item_id: str) -> None:
    """PLU and barcodes belong to one item each. Raises BadCell."""
    plu = values.columns["plu"]
    if plu is not None:
        owner = connection.execute(
            select(item.c.item_code).where(item.c.plu == plu, item.c.item_id != item_id)
        ).scalar()
        if owner is not None:
            raise BadCell("duplicate_plu", f"plu {plu} belongs to item {owner}")
    taken = connection.execute(
        select(item_barcode.c.barcode, item.c.item_code)
        .join(item, item.c.item_id == item_barcode.c.item_id)
        .where(item_barcode.c.barcode_key.in_(list(values.barcodes)), item_barcode.c.item_id != item_id)
    ).first()
    if taken is not None:
        raise BadCell("duplicate_barcode", f"barcode {taken.barcode} belongs to item {taken.item_code}")


def remove_item(connection: Connection, item_code: str) -> None:
    """The item becomes a tombstone, and its stock, prices and quick keys with it; promotions forget it;
    sales keep their own copies of it."""
    require_no_import(connection)
    item_id = _item_row(connection, item_code).item_id
    writer = FeedWriter(connection)
    for kind, ids in (
        ("quick_key", select(quick_key.c.quick_key_id).where(quick_key.c.item_id == item_id)),
        ("price", select(price.c.price_id).where(price.c.item_id == item_id)),
    ):
        for record_id in connection.execute(ids).scalars().all():
            writer.remove_everywhere(kind, record_id)
    for row in connection.execute(
        select(stock.c.location_id, location.c.shop_id)
        .join(location, location.c.location_id == stock.c.location_id)
        .where(stock.c.item_id == item_id)
    ).all():
        writer.remove("stock", f"{item_id}@{row.location_id}", row.shop_id)
    drop_item_from_promotions(connection, writer, item_id)
    writer.remove("item", item_id)
    for table in (quick_key, price, stock, item_barcode, item_picture, item):
        connection.execute(delete(table).where(table.c.item_id == item_id))
    bump_catalogue_version(connection)
    writer.flush()


def _item_row(connection: Connection, item_code: str) -> AnyRow:
    return row_of(connection, item.c.item_code, item_code, "item with the code")
