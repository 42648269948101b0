"""The journal as it is read and acknowledged: entries in order, how far the hub has them, what is unsent."""

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, func, select, text

from till_app.domain.journal import GENESIS_HASH, JournalEntry
from till_app.services.ports import JournalPosition, UnsentSummary
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess
from till_app.store.ledger_chain import ACKED_THROUGH, ENTRIES, IN_NEWEST, SET_ACKED

SALE_KIND = "sale"
"""The kind of entry that a person knows as a sale waiting to be sent."""

_HEAD = select(t.journal.c.seq, t.journal.c.hash).where(IN_NEWEST).order_by(t.journal.c.seq.desc()).limit(1)
_HASH_AT = select(t.journal.c.hash).where(IN_NEWEST, t.journal.c.seq == bindparam("seq"))
_AT = select(t.journal.c.at).where(IN_NEWEST, t.journal.c.seq == bindparam("seq"))
_ENTRIES = (
    ENTRIES.where(IN_NEWEST, t.journal.c.seq > bindparam("seq"))
    .order_by(t.journal.c.seq)
    .limit(bindparam("limit"))
)
_SALES_AFTER = (
    select(func.count())
    .select_from(t.journal)
    .where(IN_NEWEST, t.journal.c.kind == SALE_KIND, t.journal.c.seq > bindparam("seq"))
)
_UUIDS = select(t.journal.c.uuid).group_by(t.journal.c.uuid).order_by(text("min(journal.rowid)"))
_ACKED = select(ACKED_THROUGH)


class LedgerOutbox(LedgerAccess):
    """Implements Outbox, for the newest chain: what older ones had unsent was carried over into it."""

    def journal_head(self) -> JournalPosition:
        with self._reading() as connection:
            return _head(connection)

    def acked_through(self) -> JournalPosition:
        with self._reading() as connection:
            seq = connection.execute(_ACKED).scalar_one()
            return JournalPosition(seq, _hash_at(connection, seq) or GENESIS_HASH)

    def hash_at(self, seq: int) -> str | None:
        with self._reading() as connection:
            return _hash_at(connection, seq)

    def entries_after(self, seq: int, limit: int, max_bytes: int) -> Sequence[JournalEntry]:
        """`max_bytes` bounds the sum of the bodies."""
        entries: list[JournalEntry] = []
        left_bytes = max_bytes
        with (
            self._reading() as connection,
            connection.execute(_ENTRIES, {"seq": seq, "limit": limit}) as result,
        ):
            for row in result:
                left_bytes -= len(row.body)
                if entries and left_bytes < 0:
                    break
                entries.append(JournalEntry(*row))
        return entries

    def acknowledge(self, seq: int) -> None:
        """Raises ValueError for an entry that this till does not have."""
        with self._changing() as connection:
            if seq > _head(connection).seq:
                raise ValueError(f"there is no journal entry {seq}")
            if seq > connection.execute(_ACKED).scalar_one():
                connection.execute(SET_ACKED, {"seq": seq})

    def rewind(self, seq: int) -> None:
        """Raises ValueError when that would acknowledge what is unsent."""
        with self._changing() as connection:
            if not 0 <= seq <= connection.execute(_ACKED).scalar_one():
                raise ValueError(f"entry {seq} is not acknowledged")
            connection.execute(SET_ACKED, {"seq": seq})

    def fact_uuids(self) -> Sequence[str]:
        with self._reading() as connection:
            return connection.execute(_UUIDS).scalars().all()

    def unsent(self) -> UnsentSummary:
        with self._reading() as connection:
            seq = connection.execute(_ACKED).scalar_one()
            entries = _head(connection).seq - seq
            if entries == 0:
                return UnsentSummary(0, 0, None)
            return UnsentSummary(
                entries,
                connection.execute(_SALES_AFTER, {"seq": seq}).scalar_one(),
                connection.execute(_AT, {"seq": seq + 1}).scalar_one(),
            )


def _head(connection: Connection) -> JournalPosition:
    row = connection.execute(_HEAD).one_or_none()
    return JournalPosition(row.seq, row.hash) if row is not None else JournalPosition(0, GENESIS_HASH)


def _hash_at(connection: Connection, seq: int) -> str | None:
    if seq == 0:
        return GENESIS_HASH
    return connection.execute(_HASH_AT, {"seq": seq}).scalar()
