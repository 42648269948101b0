"""Single edits of what the hub owns: an item's fields, its removal, a picture. Each goes into the feed."""

import hashlib

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, Row, delete, insert, select, update

from till_app.domain.basket import MAX_LINE_MINOR
from till_app.hub.cells import MAX_DESCRIPTION_LENGTH, MAX_NAME_LENGTH, BadCell, checked_text
from till_app.hub.feed import FeedWriter, bump_catalogue_version, require_no_import
from till_app.hub.refusals import Refused
from till_app.hub.tables import (
    department,
    item,
    item_barcode,
    picture,
    picture_file,
    quick_key,
    stock,
    vat_rate,
)
from till_app.wire.changes import ItemRecord
from till_app.wire.exchange import ErrorCode

MAX_PICTURE_BYTES = 2_000_000
_MAGIC = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"RIFF": "image/webp",
    b"<svg": "image/svg+xml",
    b"<?xml": "image/svg+xml",
}


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
    blocked: bool
    stock_milli: int | None


class ItemPatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Only the fields that are given change. `price_minor` null: the price is typed at the till."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    price_minor: int | UnsetType | None = UNSET
    vat_code: str | UnsetType = UNSET
    department: str | UnsetType = UNSET
    minimum_age: int | UnsetType = UNSET
    blocked: bool | UnsetType = UNSET


class StoredPicture(msgspec.Struct, frozen=True):
    file_name: str
    sha256: str
    outcome: str
    """`added`, `changed` or `unchanged`."""
    items_changed: int


def item_record(connection: Connection, row: Row[tuple[object, ...]]) -> ItemRecord:
    """The feed's record of a row of `item`."""
    barcodes = connection.execute(
        select(item_barcode.c.barcode)
        .where(item_barcode.c.item_id == row.item_id)
        .order_by(item_barcode.c.position)
    ).scalars()
    sha256 = None
    if row.picture_file is not None:
        sha256 = connection.execute(
            select(picture_file.c.sha256).where(picture_file.c.file_name == row.picture_file)
        ).scalar()
    return ItemRecord(
        item_id=row.item_id,
        item_code=row.item_code,
        name=row.name,
        description=row.description,
        department_id=row.department_id,
        vat_code=row.vat_code,
        price_minor=row.price_minor,
        unit=row.unit,
        plu=row.plu,
        barcodes=list(barcodes),
        minimum_age=row.minimum_age,
        picture=sha256,
        blocked=row.blocked,
    )


def item_view(connection: Connection, item_code: str) -> ItemView:
    record = item_record(connection, _item_row(connection, item_code))
    department_code = connection.execute(
        select(department.c.code).where(department.c.department_id == record.department_id)
    ).scalar_one()
    stock_milli = connection.execute(
        select(stock.c.quantity_milli).where(stock.c.item_id == record.item_id)
    ).scalar()
    fields = msgspec.structs.asdict(record)
    del fields["department_id"]
    return ItemView(department=department_code, stock_milli=stock_milli, **fields)


def edit_item(connection: Connection, item_code: str, patch: ItemPatch) -> ItemView:
    """Raises Refused 404 or 400. An edit that changes nothing leaves the feed alone."""
    require_no_import(connection)
    row = _item_row(connection, item_code)
    values = _values(connection, patch)
    if values:
        connection.execute(update(item).where(item.c.item_id == row.item_id).values(**values))
        bump_catalogue_version(connection)
        writer = FeedWriter(connection)
        writer.put_if_changed(item_record(connection, _item_row(connection, item_code)))
        writer.flush()
    return item_view(connection, item_code)


def _values(connection: Connection, patch: ItemPatch) -> dict[str, object]:
    values: dict[str, object] = {}
    try:
        if patch.name is not UNSET:
            values["name"] = checked_text("name", patch.name, MAX_NAME_LENGTH, required=True)
        if patch.description is not UNSET:
            values["description"] = checked_text("description", patch.description, MAX_DESCRIPTION_LENGTH)
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad
    if patch.price_minor is not UNSET:
        if patch.price_minor is not None and not 0 <= patch.price_minor <= MAX_LINE_MINOR:
            raise Refused(400, ErrorCode.BAD_REQUEST, f"price_minor is outside 0 to {MAX_LINE_MINOR}")
        values["price_minor"] = patch.price_minor
    if patch.minimum_age is not UNSET:
        if not 0 <= patch.minimum_age <= 99:
            raise Refused(400, ErrorCode.BAD_REQUEST, "minimum_age is outside 0 to 99")
        values["minimum_age"] = patch.minimum_age
    if patch.blocked is not UNSET:
        values["blocked"] = patch.blocked
    if patch.vat_code is not UNSET:
        if (
            connection.execute(select(vat_rate.c.code).where(vat_rate.c.code == patch.vat_code)).first()
            is None
        ):
            raise Refused(400, ErrorCode.BAD_REQUEST, f"there is no VAT code {patch.vat_code}")
        values["vat_code"] = patch.vat_code
    if patch.department is not UNSET:
        department_id = connection.execute(
            select(department.c.department_id).where(department.c.code == patch.department)
        ).scalar()
        if department_id is None:
            raise Refused(400, ErrorCode.BAD_REQUEST, f"there is no department {patch.department}")
        values["department_id"] = department_id
    return values


def remove_item(connection: Connection, item_code: str) -> None:
    """The item, its stock and its quick keys become tombstones; sales keep their own copies of it."""
    require_no_import(connection)
    item_id = _item_row(connection, item_code).item_id
    writer = FeedWriter(connection)
    keys = connection.execute(
        select(quick_key.c.quick_key_id).where(quick_key.c.item_id == item_id)
    ).scalars()
    for quick_key_id in keys.all():
        writer.remove("quick_key", quick_key_id)
    if connection.execute(select(stock.c.item_id).where(stock.c.item_id == item_id)).first():
        writer.remove("stock", item_id)
    writer.remove("item", item_id)
    for table in (quick_key, stock, item_barcode, item):
        connection.execute(delete(table).where(table.c.item_id == item_id))
    bump_catalogue_version(connection)
    writer.flush()


def store_picture(connection: Connection, file_name: str, content: bytes) -> StoredPicture:
    """Keep a picture under a file name; items that name the file change with it."""
    require_no_import(connection)
    media_type = next((kind for magic, kind in _MAGIC.items() if content.startswith(magic)), None)
    if media_type is None:
        raise Refused(400, ErrorCode.BAD_REQUEST, "The picture is none of PNG, JPEG, WebP and SVG.")
    if len(content) > MAX_PICTURE_BYTES:
        raise Refused(413, ErrorCode.TOO_LARGE, f"A picture has at most {MAX_PICTURE_BYTES} bytes.")
    sha256 = hashlib.sha256(content).hexdigest()
    if connection.execute(select(picture.c.sha256).where(picture.c.sha256 == sha256)).first() is None:
        connection.execute(insert(picture).values(sha256=sha256, media_type=media_type, content=content))
    present = connection.execute(
        select(picture_file.c.sha256).where(picture_file.c.file_name == file_name)
    ).scalar()
    if present == sha256:
        return StoredPicture(file_name, sha256, "unchanged", 0)
    connection.execute(delete(picture_file).where(picture_file.c.file_name == file_name))
    connection.execute(insert(picture_file).values(file_name=file_name, sha256=sha256))
    bump_catalogue_version(connection)
    writer = FeedWriter(connection)
    changed = 0
    for row in connection.execute(select(item).where(item.c.picture_file == file_name)).all():
        changed += writer.put_if_changed(item_record(connection, row))
    writer.flush()
    return StoredPicture(file_name, sha256, "changed" if present else "added", changed)


def picture_of(connection: Connection, sha256: str) -> tuple[str, bytes]:
    """Media type and bytes. Raises Refused 404."""
    row = connection.execute(
        select(picture.c.media_type, picture.c.content).where(picture.c.sha256 == sha256)
    ).first()
    if row is None:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such picture.")
    return row.media_type, row.content


def _item_row(connection: Connection, item_code: str) -> Row[tuple[object, ...]]:
    row = connection.execute(select(item).where(item.c.item_code == item_code)).first()
    if row is None:
        raise Refused(404, ErrorCode.NOT_FOUND, f"There is no item with the code {item_code}.")
    return row
