"""What this till did to stock and the hub does not know yet."""

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from till_app.domain.journal import JournalEntry
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess
from till_app.store.ledger_chain import ACKED_THROUGH, ENTRIES, IN_NEWEST
from till_app.store.ledger_outbox import SALE_KIND

_UNSENT = (IN_NEWEST, t.journal.c.seq > ACKED_THROUGH)
_UNSENT_SALES = select(func.count()).select_from(t.journal).where(t.journal.c.kind == SALE_KIND, *_UNSENT)
_LAST_COUNTER = select(t.till_state.c.receipt_counter)
_SOLD_SINCE = select(func.sum(t.sale_line.c.quantity_milli)).where(
    t.sale_line.c.counter > bindparam("counter"),
    t.sale_line.c.item_id == bindparam("item_id"),
    t.sale_line.c.voided == 0,
)
_UNSENT_OF_KIND = ENTRIES.where(t.journal.c.kind == bindparam("kind"), *_UNSENT).order_by(t.journal.c.seq)
_LAST_AT_OF_KIND = (
    select(t.journal.c.at)
    .where(IN_NEWEST, t.journal.c.kind == bindparam("kind"))
    .order_by(t.journal.c.seq.desc())
    .limit(1)
)


class LedgerStock(LedgerAccess):
    """The reading half of Ledger about entries by their kind."""

    def unsent_sold_milli(self, item_id: str) -> int:
        """Sales are numbered without a gap in the journal's order: the last so many are the unsent ones."""
        with self._reading() as connection:
            unsent = connection.execute(_UNSENT_SALES).scalar_one()
            if unsent == 0:
                return 0
            last = connection.execute(_LAST_COUNTER).scalar_one()
            of_item = {"counter": last - unsent, "item_id": item_id}
            sold: int | None = connection.execute(_SOLD_SINCE, of_item).scalar()
        return sold or 0

    def unsent_of_kind(self, kind: str) -> Sequence[JournalEntry]:
        with self._reading() as connection:
            return [JournalEntry(*row) for row in connection.execute(_UNSENT_OF_KIND, {"kind": kind})]

    def last_at_of_kind(self, kind: str) -> str | None:
        with self._reading() as connection:
            at: str | None = connection.execute(_LAST_AT_OF_KIND, {"kind": kind}).scalar()
        return at
