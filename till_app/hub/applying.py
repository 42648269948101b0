"""Applying journal entries that the hub has custody of: wholly, or not at all with a reason."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.exc import DataError, IntegrityError

from till_app.domain.journal import JournalEntry
from till_app.hub import tables
from till_app.hub.application import Application, Step
from till_app.hub.database import Database
from till_app.hub.effects import EFFECTS, read_body
from till_app.hub.feed import FeedWriter
from till_app.hub.sale_checks import Quarantined
from till_app.hub.tills import Till
from till_app.hub.writes import chunks, look_up
from till_app.wire.bodies import SaleBody
from till_app.wire.changes import StockRecord
from till_app.wire.exchange import QuarantineCode

_RETRIED_CODES = (QuarantineCode.UNKNOWN_KIND, QuarantineCode.NEWER_VERSION)
_stock_of = select(tables.stock).where(tables.stock.c.item_id.in_(bindparam("item_ids", expanding=True)))


def apply_or_code(
    connection: Connection, till: Till, now: datetime, entries: list[JournalEntry]
) -> tuple[list[str | None], set[str]]:
    """Apply each entry wholly, or not at all and say why; also the items whose stock changed.

    They share their statements. When the database refuses one, all are undone and each half is tried
    by itself, down to the entry that is to blame.
    """
    if not entries:
        return [], set()
    try:
        with connection.begin_nested():
            return _apply_entries(connection, till, now, entries)
    except IntegrityError:
        code = QuarantineCode.DUPLICATE_UUID
    except (DataError, OverflowError):
        code = QuarantineCode.MALFORMED_BODY
    if len(entries) == 1:
        return [code], set()
    middle = len(entries) // 2
    first_codes, first_moved = apply_or_code(connection, till, now, entries[:middle])
    codes, moved = apply_or_code(connection, till, now, entries[middle:])
    return first_codes + codes, first_moved | moved


def _apply_entries(
    connection: Connection, till: Till, now: datetime, entries: list[JournalEntry]
) -> tuple[list[str | None], set[str]]:
    """For each entry why it cannot be applied, if so; and the items whose stock changed.

    Raises IntegrityError when a fact of one of them is there already: then nothing of all may stay.
    """
    read = [read_body(entry) for entry in entries]
    sales = [body for body in read if isinstance(body, SaleBody)]
    item_ids = {line.item_id for sale in sales for line in sale.lines}
    lookups = look_up(connection, till.till_id, item_ids, {sale.counter for sale in sales})
    application = Application(connection, till, now, lookups)
    codes: list[str | None] = []
    for entry, body in zip(entries, read, strict=True):
        if isinstance(body, str):
            codes.append(body)
            continue
        step = Step(application, entry)
        try:
            EFFECTS[entry.kind].apply(step, body)
        except Quarantined as reason:
            codes.append(reason.code)
            continue
        application.pending.take_over(step.writes)
        application.moved_items.update(step.writes.moved_milli)
        codes.append(None)
    application.flush()
    return codes, application.moved_items


def write_stock_records(connection: Connection, item_ids: set[str]) -> None:
    """Ends the transaction: see FeedWriter.flush."""
    writer = FeedWriter(connection)
    for part in chunks(item_ids):
        for row in connection.execute(_stock_of, {"item_ids": part}):
            writer.put(StockRecord(row.item_id, row.quantity_milli, row.as_of))
    writer.flush()


def retry_quarantined(database: Database, now: datetime) -> int:
    """Apply what an older release could not understand; returns how many entries it freed."""
    freed = 0
    moved_items: set[str] = set()
    with database.writing() as connection:
        waiting = connection.execute(
            select(tables.entry, tables.till.c.till_code)
            .join(tables.till, tables.till.c.till_id == tables.entry.c.till_id)
            .where(tables.entry.c.quarantine_code.in_(_RETRIED_CODES))
            .order_by(tables.entry.c.till_id, tables.entry.c.seq)
        ).all()
        for row in waiting:
            entry = JournalEntry(
                row.seq,
                row.uuid,
                row.kind,
                row.version,
                row.at,
                row.business_date,
                row.body,
                row.prev_hash,
                row.hash,
            )
            [code], moved = apply_or_code(connection, Till(row.till_id, row.till_code), now, [entry])
            moved_items |= moved
            connection.execute(
                update(tables.entry)
                .where(tables.entry.c.till_id == row.till_id, tables.entry.c.seq == row.seq)
                .values(quarantine_code=code)
            )
            if code is None:
                freed += 1
                connection.execute(
                    update(tables.till)
                    .where(tables.till.c.till_id == row.till_id)
                    .values(quarantined=tables.till.c.quarantined - 1)
                )
        write_stock_records(connection, moved_items)
    return freed
