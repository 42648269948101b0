"""The newest chain of the journal in statements: its identity, its entries, how far the hub has them."""

from sqlalchemy import bindparam, func, select, update

from till_app.domain.journal import JournalEntry
from till_app.store import ledger_tables as t

NEWEST = select(func.max(t.chain.c.number)).scalar_subquery()
IN_NEWEST = t.journal.c.chain == NEWEST
IDENTITY = select(t.chain.c.till_id, t.chain.c.till_code, t.chain.c.till_name).where(
    t.chain.c.number == NEWEST
)
ACKED_THROUGH = func.coalesce(
    select(t.chain.c.acked_through).where(t.chain.c.number == NEWEST).scalar_subquery(), 0
)
"""0 before pairing."""
SET_ACKED = update(t.chain).where(t.chain.c.number == NEWEST).values(acked_through=bindparam("seq"))
ENTRY_COLUMNS = tuple(t.journal.c[name] for name in JournalEntry.__slots__)
"""As JournalEntry takes them."""
ENTRIES = select(*ENTRY_COLUMNS)
END = (
    select(t.chain.c.number, t.chain.c.till_id, t.journal.c.seq, t.journal.c.at, t.journal.c.hash)
    .select_from(t.chain.outerjoin(t.journal, t.journal.c.chain == t.chain.c.number))
    .order_by(t.chain.c.number.desc(), t.journal.c.seq.desc())
    .limit(1)
)
"""The newest chain with its last entry, whose columns are NULL while there is none."""
