"""What a till may ask of the journals at the hub: which entries it has, and its own, as they were sent."""

from sqlalchemy import Connection, bindparam, func, select

from till_app.hub.custody.envelope import wire_entry
from till_app.hub.custody.lookups import chunks
from till_app.hub.refusals import Refused
from till_app.hub.tables import entry
from till_app.wire.exchange import ErrorCode, JournalPage, KnownAnswer
from till_app.wire.protocol import MAX_BATCH_ENTRIES

MAX_JOURNAL_PAGE_BYTES = 4_000_000
"""Of bodies on a page; one entry may be larger and then comes alone."""
_sizes = (
    select(entry.c.seq, func.length(entry.c.body))
    .where(entry.c.till_id == bindparam("of_till"), entry.c.seq > bindparam("after"))
    .order_by(entry.c.seq)
    .limit(bindparam("rows"))
)
_entries = (
    select(entry)
    .where(
        entry.c.till_id == bindparam("of_till"), entry.c.seq.between(bindparam("first"), bindparam("last"))
    )
    .order_by(entry.c.seq)
)


def known(connection: Connection, uuids: list[str]) -> KnownAnswer:
    """Raises Refused 413 for too many."""
    if len(uuids) > MAX_BATCH_ENTRIES:
        raise Refused(413, ErrorCode.TOO_LARGE, f"At most {MAX_BATCH_ENTRIES} may be asked for at once.")
    askable = {uuid for uuid in uuids if "\0" not in uuid}
    found = {
        uuid
        for part in chunks(askable)
        for uuid in connection.execute(
            select(entry.c.claimed_uuid).where(entry.c.claimed_uuid.in_(part))
        ).scalars()
    }
    return KnownAnswer([uuid for uuid in dict.fromkeys(uuids) if uuid in found])


def journal_page(connection: Connection, till_id: str, after: int, limit: int) -> JournalPage:
    """The till's entries after a number; they are bounded by their bytes too."""
    rows = min(max(limit, 1), MAX_BATCH_ENTRIES)
    sizes = connection.execute(
        _sizes, {"of_till": till_id, "after": min(max(after, 0), 2**62), "rows": rows + 1}
    ).all()
    last, total_bytes, taken = 0, 0, 0
    for seq, size in sizes[:rows]:
        total_bytes += size
        if taken and total_bytes > MAX_JOURNAL_PAGE_BYTES:
            break
        last, taken = seq, taken + 1
    if not taken:
        return JournalPage([], more=False)
    found = connection.execute(_entries, {"of_till": till_id, "first": sizes[0][0], "last": last})
    return JournalPage([wire_entry(row) for row in found], more=len(sizes) > taken)
