"""The change feed: numbered in the order of commit, read in pages of already encoded records."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.domain.times import from_text
from till_app.hub.refusals import Refused
from till_app.hub.tables import accepted_import, feed, hub_state
from till_app.wire.changes import LiveRecord, Tombstone, record_key
from till_app.wire.exchange import ErrorCode
from till_app.wire.protocol import MAX_PAGE_ROWS

_encode = msgspec.json.Encoder(order="deterministic").encode
_page_query = (
    select(feed.c.seq, feed.c.payload)
    .where(feed.c.seq > bindparam("after"))
    .order_by(feed.c.seq)
    .limit(bindparam("rows"))
)
_delete_old = delete(feed).where(
    and_(feed.c.kind == bindparam("old_kind"), feed.c.record_id == bindparam("old_id"))
)


def encode_record(record: LiveRecord) -> bytes:
    return _encode(record)


@dataclass(frozen=True, slots=True)
class HubIdentity:
    hub_id: str
    epoch: str
    feed_seq: int
    catalogue_version: int


def identity(connection: Connection) -> HubIdentity:
    row = connection.execute(
        select(hub_state.c.hub_id, hub_state.c.epoch, hub_state.c.feed_seq, hub_state.c.catalogue_version)
    ).one()
    return HubIdentity(row.hub_id, row.epoch, row.feed_seq, row.catalogue_version)


def start_new_epoch(connection: Connection, now_text: str) -> str:
    """After a restore from backup: every till pulls anew and sends again what the hub lost."""
    epoch = new_uuid7(from_text(now_text))
    connection.execute(update(hub_state).values(epoch=epoch))
    return epoch


def take_numbers(connection: Connection, count: int) -> int:
    """The number before the first of `count` new ones; they belong to this transaction, which ends next."""
    before = connection.execute(select(hub_state.c.feed_seq).with_for_update()).scalar_one()
    connection.execute(update(hub_state).values(feed_seq=before + count))
    return int(before)


class FeedWriter:
    """Collects the changes of one transaction; the last version of a record wins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changes: dict[tuple[str, str], tuple[bool, bytes]] = {}

    def put(self, record: LiveRecord) -> None:
        self._set(record_key(record), False, encode_record(record))

    def put_if_changed(self, record: LiveRecord) -> bool:
        """Leave the feed alone when the latest version is the same."""
        key, payload = record_key(record), encode_record(record)
        if _payload(self._connection, *key) == payload:
            return False
        self._set(key, False, payload)
        return True

    def remove(self, kind: str, record_id: str) -> None:
        self._set((kind, record_id), True, _encode(Tombstone(kind, record_id)))

    def flush(self) -> None:
        """Number and write the changes. To be called last, right before the commit."""
        if not self._changes:
            return
        before = take_numbers(self._connection, len(self._changes))
        self._connection.execute(
            _delete_old, [{"old_kind": kind, "old_id": record_id} for kind, record_id in self._changes]
        )
        self._connection.execute(
            insert(feed),
            [
                {"seq": seq, "kind": kind, "record_id": record_id, "gone": gone, "payload": payload}
                for seq, ((kind, record_id), (gone, payload)) in enumerate(
                    self._changes.items(), start=before + 1
                )
            ],
        )
        self._changes.clear()

    def _set(self, key: tuple[str, str], gone: bool, payload: bytes) -> None:
        self._changes.pop(key, None)
        self._changes[key] = (gone, payload)


def _payload(connection: Connection, kind: str, record_id: str) -> bytes | None:
    return connection.execute(
        select(feed.c.payload).where(feed.c.kind == kind, feed.c.record_id == record_id)
    ).scalar()


def bump_catalogue_version(connection: Connection) -> None:
    """Tells a running import that what it compared its rows with has changed."""
    connection.execute(update(hub_state).values(catalogue_version=hub_state.c.catalogue_version + 1))


def accepted_import_id(connection: Connection) -> str | None:
    """The import of items that is going in, if one is."""
    return connection.execute(select(accepted_import.c.import_id)).scalar()


def require_no_import(connection: Connection) -> None:
    """Before an edit, which an import that is going in might overwrite. Raises Refused 503."""
    if accepted_import_id(connection) is not None:
        raise Refused(503, ErrorCode.BUSY, "An import of items is going in; send the same again later.")


def changes_page(connection: Connection, cursor: str, limit: int) -> bytes:
    """The JSON of a ChangesPage, joined from stored bytes. Raises Refused 410 for a foreign cursor."""
    hub = identity(connection)
    after = _position(cursor, hub)
    rows = min(max(limit, 1), MAX_PAGE_ROWS)
    found = connection.execute(_page_query, {"after": after, "rows": rows + 1}).all()
    more = len(found) > rows
    found = found[:rows]
    last = found[-1][0] if found else after
    return b"".join(_page_parts(hub.epoch, [row[1] for row in found], last, more))


def _page_parts(epoch: str, payloads: list[bytes], last: int, more: bool) -> Iterator[bytes]:
    yield b'{"epoch":' + _encode(epoch) + b',"records":['
    yield b",".join(payloads)
    yield b'],"next_cursor":' + _encode(f"{epoch}:{last}")
    yield b',"more":' + (b"true}" if more else b"false}")


def _position(cursor: str, hub: HubIdentity) -> int:
    if not cursor:
        return 0
    epoch, _, seq = cursor.rpartition(":")
    if not epoch or not seq.isascii() or not seq.isdigit() or len(seq) > 18:
        raise Refused(
            410, ErrorCode.CURSOR_UNKNOWN, "This is no cursor of this hub; start from the beginning."
        )
    if epoch != hub.epoch:
        raise Refused(
            410, ErrorCode.EPOCH_CHANGED, "The hub's data was replaced since; start from the beginning."
        )
    if int(seq) > hub.feed_seq:
        raise Refused(
            410, ErrorCode.CURSOR_UNKNOWN, "The cursor is ahead of this hub; start from the beginning."
        )
    return int(seq)
