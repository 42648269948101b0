"""Writing the change feed: whole records and tombstones, numbered in order of commit, each in its scope."""

from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.domain.times import from_text
from till_app.hub.database import announce
from till_app.hub.feed_reading import EVERY_SHOP
from till_app.hub.refusals import Refused
from till_app.hub.tables import accepted_import, feed, hub_state
from till_app.wire.changes import LiveRecord, Tombstone, record_key
from till_app.wire.exchange import ErrorCode

_CATALOGUE_LOCK = 0x7111_CA7A
_encode = msgspec.json.Encoder(order="deterministic").encode
_delete_old = delete(feed).where(
    feed.c.record_id == bindparam("old_id"),
    feed.c.kind == bindparam("old_kind"),
    feed.c.scope == bindparam("old_scope"),
)
_versions = select(feed.c.scope, feed.c.gone, feed.c.payload).where(
    feed.c.record_id == bindparam("of_id"), feed.c.kind == bindparam("of_kind")
)


def encode_record(record: LiveRecord) -> bytes:
    return _encode(record)


def encode_tombstone(kind: str, record_id: str) -> bytes:
    return _encode(Tombstone(kind, record_id))


@dataclass(frozen=True, slots=True)
class HubIdentity:
    hub_id: str
    epoch: str
    feed_seq: int
    catalogue_version: int
    feed_horizon: int
    """Who read less of the feed may have missed tombstones."""


def identity(connection: Connection) -> HubIdentity:
    state = hub_state.c
    row = connection.execute(
        select(state.hub_id, state.epoch, state.feed_seq, state.catalogue_version, state.feed_horizon)
    ).one()
    return HubIdentity(*row)


def start_new_epoch(connection: Connection, now_text: str) -> str:
    """After a restore from backup: every till pulls anew and sends again what the hub lost."""
    epoch = new_uuid7(from_text(now_text))
    announce(connection)
    connection.execute(update(hub_state).values(epoch=epoch))
    return epoch


def take_numbers(connection: Connection, count: int) -> int:
    """The number before the first of `count` new ones; they belong to this transaction, which ends next."""
    before = connection.execute(select(hub_state.c.feed_seq).with_for_update()).scalar_one()
    connection.execute(update(hub_state).values(feed_seq=before + count))
    announce(connection)
    return int(before)


class FeedWriter:
    """Collects the changes of one transaction; the last version of a record wins."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changes: dict[tuple[str, str, str], tuple[bool, bytes]] = {}

    def put(self, record: LiveRecord, scope: str = EVERY_SHOP) -> None:
        """Of a record that never moves from one scope to another."""
        self._set(scope, record_key(record), False, encode_record(record))

    def put_if_changed(
        self, record: LiveRecord, scope: str = EVERY_SHOP, *, is_one_of_many: bool = False
    ) -> bool:
        """Leave the feed alone when the latest version is the same. One that was in another scope leaves a
        tombstone there, before the record: whoever reads both scopes keeps it. `is_one_of_many`: each scope
        has a record of its own under this id."""
        kind, record_id = record_key(record)
        payload = encode_record(record)
        present = None
        for row in self._connection.execute(_versions, {"of_id": record_id, "of_kind": kind}).all():
            if row.scope == scope:
                present = row.payload
            elif not row.gone and not is_one_of_many:
                self.remove(kind, record_id, row.scope)
        if present == payload:
            return False
        self._set(scope, (kind, record_id), False, payload)
        return True

    def remove(self, kind: str, record_id: str, scope: str = EVERY_SHOP) -> None:
        self._set(scope, (kind, record_id), True, encode_tombstone(kind, record_id))

    def remove_everywhere(self, kind: str, record_id: str) -> None:
        """From each scope in which it is."""
        for row in self._connection.execute(_versions, {"of_id": record_id, "of_kind": kind}).all():
            if not row.gone:
                self.remove(kind, record_id, row.scope)

    @property
    def has_changes(self) -> bool:
        return bool(self._changes)

    def flush(self) -> None:
        """Number and write the changes. To be called last, right before the commit."""
        if not self._changes:
            return
        before = take_numbers(self._connection, len(self._changes))
        self._connection.execute(
            _delete_old,
            [
                {"old_scope": scope, "old_kind": kind, "old_id": record_id}
                for scope, kind, record_id in self._changes
            ],
        )
        self._connection.execute(
            insert(feed),
            [
                {
                    "seq": seq,
                    "scope": scope,
                    "kind": kind,
                    "record_id": record_id,
                    "gone": gone,
                    "payload": payload,
                }
                for seq, ((scope, kind, record_id), (gone, payload)) in enumerate(
                    self._changes.items(), start=before + 1
                )
            ],
        )
        self._changes.clear()

    def _set(self, scope: str, key: tuple[str, str], gone: bool, payload: bytes) -> None:
        place = (scope, *key)
        self._changes.pop(place, None)
        self._changes[place] = (gone, payload)


def bump_catalogue_version(connection: Connection) -> None:
    """Tells a running import that what it compared its rows with has changed."""
    connection.execute(update(hub_state).values(catalogue_version=hub_state.c.catalogue_version + 1))


def accepted_import_id(connection: Connection) -> str | None:
    """The import of items that is going in, if one is."""
    return connection.execute(select(accepted_import.c.import_id)).scalar()


def lock_catalogue(connection: Connection) -> None:
    """Edits wait for one another until the transaction ends; ingest does not. SQLite has one writer."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_CATALOGUE_LOCK)))


def require_no_import(connection: Connection) -> None:
    """Before an edit, which an import that is going in might overwrite. Raises Refused 503."""
    lock_catalogue(connection)
    if accepted_import_id(connection) is not None:
        raise Refused(503, ErrorCode.BUSY, "An import of items is going in; send the same again later.")
