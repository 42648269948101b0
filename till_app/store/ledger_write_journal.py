"""The journal's end within one transaction: entries are appended there, and a new chain begins there."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from till_app.domain.errors import DomainError
from till_app.domain.ids import new_uuid7
from till_app.domain.journal import GENESIS_HASH, JournalEntry, sealed
from till_app.domain.times import from_text
from till_app.services.ports import ChainPosition, Fact, JournalPosition, TillIdentity
from till_app.store import ledger_chain as newest
from till_app.store import ledger_tables as t

_ADD_ENTRY = insert(t.journal)
_ADD_CHAIN = insert(t.chain)
_OLDER_UUIDS = (
    select(t.journal.c.chain, t.journal.c.seq, t.journal.c.uuid)
    .where(t.journal.c.chain < newest.NEWEST)
    .order_by(t.journal.c.chain, t.journal.c.seq)
)
_ENTRY_AT = newest.ENTRIES.where(
    t.journal.c.chain == bindparam("of_chain"), t.journal.c.seq == bindparam("of_seq")
)
_OPEN_SESSION_FIRST_SEQ = select(t.till_session.c.first_seq).where(t.till_session.c.closed_at.is_(None))
_SET_OPEN_SESSION_FIRST_SEQ = (
    update(t.till_session).where(t.till_session.c.closed_at.is_(None)).values(first_seq=bindparam("seq"))
)


@dataclass(frozen=True, slots=True)
class _End:
    """Of the newest chain; `seq` is 0 while it has no entry."""

    chain: int
    till_id: str
    seq: int
    at: str
    hash: str


class JournalWriter:
    """Used by one thread, within one transaction of the ledger."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known_end: _End | None = None
        self.first_seq: int | None = None
        """Of the entries recorded in this transaction."""

    @property
    def next_seq(self) -> int:
        return self._end().seq + 1

    @property
    def till_id(self) -> str:
        return self._end().till_id

    def head(self) -> JournalPosition:
        end = self._end()
        return JournalPosition(end.seq, end.hash)

    def record(self, fact: Fact) -> JournalEntry:
        """Raises DomainError `not_paired`: an entry cannot be chained before the till has its identity.

        An entry's moment is never before that of the entry it follows, whatever the clock says.
        """
        end = self._end()
        entry = sealed(
            end.till_id,
            end.seq + 1,
            new_uuid7(from_text(fact.at)),
            fact.kind,
            fact.version,
            max(fact.at, end.at),
            fact.business_date,
            fact.body,
            end.hash,
        )
        self.append(entry)
        if self.first_seq is None:
            self.first_seq = entry.seq
        return entry

    def append(self, entry: JournalEntry) -> None:
        """As it is: the caller knows that it follows the last one."""
        end = self._end()
        values = {name: getattr(entry, name) for name in JournalEntry.__slots__}
        self._connection.execute(_ADD_ENTRY, {"chain": end.chain, **values})
        self._known_end = _End(end.chain, end.till_id, entry.seq, entry.at, entry.hash)

    def begin_chain(self, identity: TillIdentity, reason: str, at: str) -> ChainPosition:
        """Raises DomainError `not_paired` when there is no chain to follow."""
        previous = self._end()
        number = previous.chain + 1
        self._connection.execute(
            _ADD_CHAIN,
            {
                "number": number,
                "till_id": identity.till_id,
                "till_code": identity.till_code,
                "till_name": identity.till_name,
                "began_at": at,
                "reason": reason,
                "acked_through": 0,
            },
        )
        # The moments of what is carried over are from before the new chain began.
        self._known_end = _End(number, identity.till_id, 0, "", GENESIS_HASH)
        return ChainPosition(previous.till_id, previous.seq, previous.hash)

    def not_among(self, known_uuids: Container[str]) -> Sequence[tuple[int, int]]:
        """Chain and number of each older entry whose uuid is not among those, each fact once, in order."""
        seen: set[str] = set()
        missing = []
        for chain, seq, uuid in self._connection.execute(_OLDER_UUIDS).all():
            if uuid not in seen and uuid not in known_uuids:
                missing.append((chain, seq))
            seen.add(uuid)
        return missing

    def carry_over(self, positions: Sequence[tuple[int, int]]) -> None:
        """Record those older entries again as they are, but for number and hashes. The open session begins in
        this chain with its first entry that was carried over, or with the next one."""
        previous_chain = self._end().chain - 1
        session_seq: int | None = self._connection.execute(_OPEN_SESSION_FIRST_SEQ).scalar()
        session_begins = None
        for chain, seq in positions:
            end = self._end()
            row: Any = self._connection.execute(_ENTRY_AT, {"of_chain": chain, "of_seq": seq}).one()
            old = JournalEntry(*row)
            self.append(
                sealed(
                    end.till_id,
                    end.seq + 1,
                    old.uuid,
                    old.kind,
                    old.version,
                    old.at,
                    old.business_date,
                    old.body,
                    end.hash,
                )
            )
            is_of_session = session_seq is not None and chain == previous_chain and seq >= session_seq
            if is_of_session and session_begins is None:
                session_begins = end.seq + 1
        if session_seq is not None:
            self._connection.execute(
                _SET_OPEN_SESSION_FIRST_SEQ, {"seq": session_begins or self._end().seq + 1}
            )

    def _end(self) -> _End:
        if self._known_end is None:
            row = self._connection.execute(newest.END).one_or_none()
            if row is None:
                raise DomainError("not_paired")
            self._known_end = (
                _End(row.number, row.till_id, 0, "", GENESIS_HASH)
                if row.seq is None
                else _End(row.number, row.till_id, row.seq, row.at, row.hash)
            )
        return self._known_end
