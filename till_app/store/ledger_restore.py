"""One transaction in which a ledger takes back what it had: entries and rows with their old numbers."""

from typing import Any

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from till_app.domain.journal import JournalEntry, is_intact, sealed
from till_app.domain.sale import Sale
from till_app.domain.session import TillSession
from till_app.services.ports import PaymentAttempt, ReadBackRefused, TillNumbers
from till_app.store import ledger_chain as newest
from till_app.store import ledger_payments as payments
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.ledger_write import Number, SqliteLedgerWrite

_HASH_AT = select(t.journal.c.hash).where(newest.IN_NEWEST, t.journal.c.seq == bindparam("seq"))
_ACKED = select(newest.ACKED_THROUGH)
_IN_OLDER_CHAIN = select(t.journal.c.seq).where(
    t.journal.c.uuid == bindparam("uuid"), t.journal.c.chain < newest.NEWEST
)
_NUMBERS = tuple(TillNumbers.__slots__)
_RAISE_NUMBERS = update(t.till_state).values(
    {name: func.max(t.till_state.c[name], bindparam(f"least_{name}")) for name in _NUMBERS}
)
_FIRST_ENTRY = newest.ENTRIES.where(newest.IN_NEWEST, t.journal.c.seq == 1)
_OPEN_SESSION = select(t.till_session).where(t.till_session.c.closed_at.is_(None))
_SET_GRAND_TOTAL = update(t.till_state).values(grand_total_minor=bindparam("amount_minor"))
_HAS_SESSION = select(t.till_session.c.session_id).where(
    t.till_session.c.session_id == bindparam("of_session")
)
_OPEN_BASKET = select(t.open_basket.c.uuid)
_copies = upsert(t.document_copies)
_RAISE_COPIES = _copies.on_conflict_do_update(
    index_elements=["document"],
    set_={"copies": func.max(t.document_copies.c.copies, _copies.excluded.copies)},
)


class SqliteLedgerRestore(SqliteLedgerWrite):
    """Implements LedgerRestore."""

    def take_back(self, entry: JournalEntry) -> bool:
        """Raises ReadBackRefused."""
        head = self._journal.head()
        if entry.seq <= head.seq:
            own_hash = self._connection.execute(_HASH_AT, {"seq": entry.seq}).scalar()
            if own_hash != entry.hash:
                raise ReadBackRefused(f"entry {entry.seq} is another one here")
            return False
        if entry.seq != head.seq + 1:
            raise ReadBackRefused(f"entry {entry.seq} does not follow entry {head.seq}")
        if entry.prev_hash != head.hash:
            raise ReadBackRefused(f"entry {entry.seq} follows another entry {head.seq} than this till's")
        if not _is_intact(self._journal.till_id, entry):
            raise ReadBackRefused(f"entry {entry.seq} is not what its hash says")
        self._journal.append(entry)
        return True

    def record_again(self, entry: JournalEntry) -> JournalEntry:
        head = self._journal.head()
        again = sealed(
            self._journal.till_id,
            head.seq + 1,
            entry.uuid,
            entry.kind,
            entry.version,
            entry.at,
            entry.business_date,
            entry.body,
            head.hash,
        )
        self._journal.append(again)
        return again

    def acknowledge(self, seq: int) -> None:
        if seq > self._connection.execute(_ACKED).scalar_one():
            self._connection.execute(newest.SET_ACKED, {"seq": seq})

    def is_of_older_chain(self, uuid: str) -> bool:
        return self._connection.execute(_IN_OLDER_CHAIN, {"uuid": uuid}).first() is not None

    def has_session(self, session_id: str) -> bool:
        return self._connection.execute(_HAS_SESSION, {"of_session": session_id}).first() is not None

    def first_entry(self) -> JournalEntry | None:
        row: Any = self._connection.execute(_FIRST_ENTRY).one_or_none()
        return JournalEntry(*row) if row is not None else None

    def open_session_now(self) -> TillSession | None:
        row = self._connection.execute(_OPEN_SESSION).one_or_none()
        return rows.session_from(row) if row is not None else None

    def raise_numbers(self, numbers: TillNumbers) -> None:
        self._connection.execute(
            _RAISE_NUMBERS, {f"least_{name}": getattr(numbers, name) for name in _NUMBERS}
        )

    def set_grand_total(self, amount_minor: int) -> None:
        self._connection.execute(_SET_GRAND_TOTAL, {"amount_minor": amount_minor})

    def restore_sale(self, sale: Sale) -> None:
        self._take_again(Number.RECEIPT, sale.counter)
        self.add_sale(sale)

    def restore_session(self, session: TillSession, first_seq: int) -> None:
        self._take_again(Number.SESSION, session.number)
        self._open_session(session, first_seq)

    def restore_z(self, session_id: str, closed_at: str, z_number: int) -> None:
        self._take_again(Number.Z, z_number)
        self.close_session(session_id, closed_at, z_number)

    def restore_copies(self, document: str, copies: int) -> None:
        self._connection.execute(_RAISE_COPIES, {"document": document, "copies": copies})

    def restore_payment(self, attempt: PaymentAttempt) -> None:
        payments.restore_payment(self._connection, attempt)

    def close_basket(self, uuid: str) -> None:
        if self._connection.execute(_OPEN_BASKET).scalar() == uuid:
            self.clear_basket()


def _is_intact(till_id: str, entry: JournalEntry) -> bool:
    try:
        return is_intact(till_id, entry)
    except ValueError:
        return False
