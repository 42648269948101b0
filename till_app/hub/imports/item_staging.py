"""Staging good item rows: each is compared with the hub's items and with the rows before it.

What is staged is complete, down to the encoded record, and belongs to one import by its id.
"""

import secrets
import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select

from till_app.domain.times import to_text
from till_app.hub import tables
from till_app.hub.catalogue.item_records import ONE_MILLI
from till_app.hub.database import Database
from till_app.hub.feed import encode_record
from till_app.hub.imports.item_lookups import (
    KnownItem,
    StockPlace,
    hashes_by_file,
    known_items,
    owners_of,
    stock_place,
)
from till_app.hub.imports.item_rows import ItemRow
from till_app.hub.imports.report import Tally
from till_app.wire.changes import ItemRecord, StockRecord

BATCH_ROWS = 1_000
STAGING_TABLES = (tables.import_item, tables.import_key, tables.import_picture)


def stage(connection: Connection, import_id: str, batch: list[ItemRow], now: datetime, tally: Tally) -> int:
    """Judge a batch against the rows before it and the hub's items; returns how many rows will change."""
    known = known_items(connection, batch)
    owners = owners_of(connection, import_id, batch)
    pictures = hashes_by_file(connection, batch)
    place = stock_place(connection)
    now_text = to_text(now)
    item_rows: list[dict[str, object]] = []
    picture_rows: list[dict[str, object]] = []
    key_rows: list[dict[str, object]] = []
    for row in batch:
        clash = next((key for key in row.keys if owners.get(key, row.item_code) != row.item_code), None)
        if clash is None and ("line", row.item_code) in owners:
            clash = ("item_code", row.item_code)
        if clash is not None:
            tally.refuse(row.line, f"duplicate_{clash[0]}", _clash_words(clash, owners))
            continue
        present = known.get(row.item_code)
        item_id = present.item_id if present else ordered_id(now, row.line)
        for key in row.keys:
            owners[key] = row.item_code
        owners["line", row.item_code] = str(row.line)
        key_rows.extend(_key_values(import_id, row, item_id))
        payload = _payload(row, item_id, present, pictures)
        if present and present.payload == payload and present.pictures == row.pictures:
            tally.count("unchanged")
            continue
        tally.count("changed" if present else "added")
        values = _item_values(import_id, row, item_id, present, payload)
        if present is None and row.stock_milli is not None:
            values |= _stock_values(item_id, row.stock_milli, place, now_text)
        item_rows.append(values)
        picture_rows.extend(_picture_values(import_id, row, item_id))
    if key_rows:
        connection.execute(insert(tables.import_key), key_rows)
    if item_rows:
        connection.execute(insert(tables.import_item), item_rows)
    if picture_rows:
        connection.execute(insert(tables.import_picture), picture_rows)
    return len(item_rows)


def ordered_id(now: datetime, line: int) -> str:
    """A UUID version 7 that has the line where RFC 9562 allows a counter (method 1): its first 32 free bits.

    Ids in the order of the file go to the ends of the indexes; random ones would touch all their pages.
    """
    milliseconds = int(now.timestamp() * 1000)
    high, low = line >> 20 & 0xFFF, line & 0xF_FFFF
    rest = low << 42 | secrets.randbits(42)
    return str(uuid.UUID(int=milliseconds << 80 | 0x7 << 76 | high << 64 | 0x2 << 62 | rest))


def _clash_words(clash: tuple[str, str], owners: dict[tuple[str, str], str]) -> str:
    kind, key = clash
    if kind == "item_code":
        return f"item_code {key} is used before on line {owners['line', key]}"
    owner = owners[clash]
    return f"{kind} {key} belongs to item {owner} on line {owners['line', owner]}"


def refuse_taken(database: Database, import_id: str, tally: Tally) -> int:
    """Refuse staged rows whose PLU or barcode an item has that the file does not name; returns how many.

    An item that the file names has only what its row says, so codes may move between the file's items.
    A refused row is as if it were not in the file: what its item has stays, and that may refuse others.
    """
    refused = 0
    while True:
        with database.reading() as connection:
            taken = _taken(connection, import_id)
            staged_as_new = dict(_staged_rows(connection, import_id, list(taken)))
        if not taken:
            return refused
        for line, (kind, words) in sorted(taken.items()):
            tally.refuse(line, f"duplicate_{kind}", words)
            is_new = staged_as_new.get(line)
            tally.uncount("unchanged" if is_new is None else "added" if is_new else "changed")
        refused += len(staged_as_new)
        with database.writing() as connection:
            for table in STAGING_TABLES:
                connection.execute(
                    delete(table).where(table.c.import_id == import_id, table.c.line.in_(list(taken)))
                )


def _staged_rows(connection: Connection, import_id: str, lines: list[int]) -> Iterator[tuple[int, bool]]:
    source = tables.import_item.c
    rows = connection.execute(
        select(source.line, source.is_new).where(source.import_id == import_id, source.line.in_(lines))
    )
    return ((row[0], row[1]) for row in rows)


def _taken(connection: Connection, import_id: str) -> dict[int, tuple[str, str]]:
    """Up to a batch of lines, with the kind of code and the words of the refusal."""
    item, keys, named = tables.item, tables.import_key, tables.import_key.alias()
    owner_is_named = exists().where(
        named.c.import_id == import_id, named.c.kind == "item_code", named.c.key == item.c.item_code
    )
    by_barcode = (
        select(keys.c.line, keys.c.kind, keys.c.text, item.c.item_code)
        .join(tables.item_barcode, tables.item_barcode.c.barcode_key == keys.c.key)
        .join(item, item.c.item_id == tables.item_barcode.c.item_id)
        .where(keys.c.kind == "barcode")
    )
    by_plu = (
        select(keys.c.line, keys.c.kind, keys.c.text, item.c.item_code)
        .join(item, item.c.plu == keys.c.key)
        .where(keys.c.kind == "plu")
    )
    return {
        row.line: (
            row.kind,
            f"{row.kind} {row.text} belongs to item {row.item_code}, which is not in the file",
        )
        for query in (by_barcode, by_plu)
        for row in connection.execute(
            query.where(
                keys.c.import_id == import_id, item.c.item_code != keys.c.item_code, ~owner_is_named
            ).limit(BATCH_ROWS)
        )
    }


def _payload(row: ItemRow, item_id: str, present: KnownItem | None, pictures: dict[str, str]) -> bytes:
    hashes = [pictures[name] for name in row.pictures if name in pictures]
    return encode_record(
        ItemRecord(
            item_id=item_id,
            item_code=row.item_code,
            name=row.name,
            description=row.description,
            department_id=row.department_id,
            vat_code=row.vat_code,
            price_minor=row.price_minor,
            unit=row.unit,
            plu=row.plu,
            barcodes=[code.barcode for code in row.barcodes.values()],
            minimum_age=row.minimum_age,
            picture=hashes[0] if hashes else None,
            blocked=present.blocked if present else False,
            pictures=hashes,
            pack_milli={
                code.barcode: code.quantity_milli
                for code in row.barcodes.values()
                if code.quantity_milli != ONE_MILLI
            },
        )
    )


def _key_values(import_id: str, row: ItemRow, item_id: str) -> Iterator[dict[str, object]]:
    for position, (kind, key) in enumerate(row.keys):
        yield {
            "import_id": import_id,
            "kind": kind,
            "key": key,
            "line": row.line,
            "item_id": item_id,
            "item_code": row.item_code,
            "position": position,
            "text": row.barcodes[key].barcode if kind == "barcode" else key,
            "quantity_milli": row.barcodes[key].quantity_milli if kind == "barcode" else ONE_MILLI,
        }


def _picture_values(import_id: str, row: ItemRow, item_id: str) -> Iterator[dict[str, object]]:
    for position, file_name in enumerate(row.pictures[1:], start=1):
        yield {
            "import_id": import_id,
            "line": row.line,
            "item_id": item_id,
            "position": position,
            "file_name": file_name,
        }


def _item_values(
    import_id: str, row: ItemRow, item_id: str, present: KnownItem | None, payload: bytes
) -> dict[str, object]:
    return {
        "import_id": import_id,
        "line": row.line,
        "is_new": present is None,
        "item_id": item_id,
        "item_code": row.item_code,
        "name": row.name,
        "description": row.description,
        "department_id": row.department_id,
        "vat_code": row.vat_code,
        "price_minor": row.price_minor,
        "unit": row.unit,
        "plu": row.plu,
        "minimum_age": row.minimum_age,
        "picture_file": row.picture_file,
        "blocked": present.blocked if present else False,
        "payload": payload,
        "stock_milli": None,
        "stock_payload": None,
        "location_id": None,
        "stock_scope": None,
    }


def _stock_values(item_id: str, stock_milli: int, place: StockPlace, now_text: str) -> dict[str, object]:
    record = StockRecord(item_id, stock_milli, now_text, place.location_id)
    return {
        "stock_milli": stock_milli,
        "stock_payload": encode_record(record),
        "location_id": place.location_id,
        "stock_scope": place.shop_id,
    }
