"""What the ledger can prove of a till session by its own journal."""

from sqlalchemy import bindparam, func, select

from till_app.domain.journal import GENESIS_HASH, JournalEntry, is_intact
from till_app.domain.session import TillSession
from till_app.services.ports import SessionProof
from till_app.store import ledger_chain as newest
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess
from till_app.store.ledger_outbox import SALE_KIND

_PLACE = select(
    t.till_session.c.first_seq,
    select(t.chain.c.till_id).where(t.chain.c.number == newest.NEWEST).scalar_subquery(),
    newest.ACKED_THROUGH,
).where(t.till_session.c.session_id == bindparam("session_id"))
_SALES = select(func.count()).select_from(t.sale).where(t.sale.c.session_id == bindparam("session_id"))
_HASH_AT = select(t.journal.c.hash).where(newest.IN_NEWEST, t.journal.c.seq == bindparam("seq"))
_ENTRIES_FROM = newest.ENTRIES.where(newest.IN_NEWEST, t.journal.c.seq >= bindparam("seq")).order_by(
    t.journal.c.seq
)


class LedgerProof(LedgerAccess):
    """The part of Ledger that reads the journal to check it."""

    def session_proof(self, session: TillSession) -> SessionProof:
        """Raises LookupError for a session that is not in this ledger."""
        with self._reading() as connection:
            place = connection.execute(_PLACE, {"session_id": session.session_id}).one_or_none()
            if place is None:
                raise LookupError(f"session {session.number} is not in this ledger")
            first_seq, till_id, acked_seq = place
            sales = connection.execute(_SALES, {"session_id": session.session_id}).scalar_one()
            seq = first_seq - 1
            previous = connection.execute(_HASH_AT, {"seq": seq}).scalar() or GENESIS_HASH
            unsent_sales, broken_at = 0, None
            with connection.execute(_ENTRIES_FROM, {"seq": first_seq}) as found:
                for row in found:
                    entry = JournalEntry(*row)
                    seq += 1
                    unsent_sales += entry.kind == SALE_KIND and entry.seq > acked_seq
                    is_whole = entry.seq == seq and entry.prev_hash == previous and is_intact(till_id, entry)
                    if not is_whole and broken_at is None:
                        broken_at = seq
                    previous = entry.hash
        return SessionProof(sales, sales - min(sales, unsent_sales), broken_at)
