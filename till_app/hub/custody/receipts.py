"""Receipts whose sales the hub has in quarantine: not booked, and not missing either."""

from collections import defaultdict
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from till_app.hub.tables import entry
from till_app.wire.bodies import Kind


class _Receipt(msgspec.Struct, frozen=True):
    """What of a sale's body tells its receipt."""

    receipt_number: str
    counter: int


_BODIES_AT_ONCE = 20
"""They may be of megabytes."""
_decode = msgspec.json.Decoder(_Receipt).decode


def quarantined_receipts(connection: Connection, till_id: str | None = None) -> Mapping[str, dict[str, int]]:
    """By till, of one or of all: counters by receipt number, also of sales that were set aside. A body of
    which no receipt can be read has none."""
    of_till = () if till_id is None else (entry.c.till_id == till_id,)
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for owner_id, body in connection.execute(
        select(entry.c.till_id, entry.c.body).where(
            entry.c.quarantine_code.is_not(None), entry.c.kind == Kind.SALE, *of_till
        ),
        execution_options={"yield_per": _BODIES_AT_ONCE},
    ):
        try:
            receipt = _decode(body)
        except msgspec.MsgspecError:
            continue
        found[owner_id][receipt.receipt_number] = receipt.counter
    return found
