"""A till that was paired again: its journal goes on as a new chain, with all that the hub does not have."""

from collections.abc import Container

import msgspec

from till_app.domain.session import MovementKind
from till_app.domain.times import to_text
from till_app.services.bodies import movement_body
from till_app.services.errors import HubRefused
from till_app.services.ports import Clock, Fact, Ledger, Outbox, TillIdentity
from till_app.wire.bodies import BODY_VERSION, ChainBegunBody, Kind, SessionOpenedBody
from till_app.wire.exchange import ErrorCode
from till_app.wire.protocol import MAX_BATCH_ENTRIES, HubApi


class ChainReason:
    """Why a till was paired again."""

    FORKED = "forked"
    RESTORED = "restored"
    REVOKED = "revoked"
    MOVED = "moved"


def known_at(hub: HubApi, ledger: Ledger, outbox: Outbox) -> set[str]:
    """The uuids of this till's entries that the hub has from any till. Raises HubError.

    A hub that cannot be asked has those that it acknowledged.
    """
    uuids = ledger.fact_uuids()
    known: set[str] = set()
    try:
        for start in range(0, len(uuids), MAX_BATCH_ENTRIES):
            known.update(hub.known(list(uuids[start : start + MAX_BATCH_ENTRIES])).known)
    except HubRefused as error:
        if error.code != ErrorCode.NOT_FOUND:
            raise
        unsent = outbox.entries_after(outbox.acked_through().seq, len(uuids), _ALL_BYTES)
        return set(uuids).difference(entry.uuid for entry in unsent)
    return known


_ALL_BYTES = 2**62


def begin_chain(
    ledger: Ledger,
    clock: Clock,
    identity: TillIdentity,
    reason: str,
    known_uuids: Container[str],
) -> int:
    """In one transaction: the new identity, its first entry, and again each fact that the hub does not know,
    with its own uuid, time and bytes. How many those are.

    Receipt numbers go on under the new till code; the open session and the open basket stay.
    """
    now = to_text(clock.now())
    session = ledger.session()
    opened = _opened(ledger) if session is not None else None
    with ledger.write() as write:
        previous = write.begin_chain(identity, reason, now)
        missing = write.not_among(known_uuids)
        numbers = write.numbers()
        body = ChainBegunBody(
            previous_till_id=previous.till_id,
            previous_seq=previous.seq,
            previous_hash=previous.hash,
            reason=reason,
            carried_over=len(missing),
            grand_total_minor=write.grand_total_minor(),
            receipt_counter=numbers.receipt_counter,
            z_number=numbers.z_number,
            session_number=numbers.session_number,
            open_session=opened,
        )
        business_date = session.business_date if session is not None else clock.today()
        write.record(Fact(Kind.CHAIN_BEGUN, BODY_VERSION, now, business_date, msgspec.json.encode(body)))
        write.carry_over(missing)
        write.commit()
    return len(missing)


def _opened(ledger: Ledger) -> SessionOpenedBody | None:
    """The open session as the entry that opened it says it."""
    session = ledger.session()
    if session is None:
        return None
    movements = ledger.session_facts(session).movements
    float_movement = next((m for m in movements if m.kind is MovementKind.FLOAT), None)
    if float_movement is None:
        return None
    return SessionOpenedBody(
        session.session_id,
        session.number,
        session.opened_by,
        session.float_minor,
        movement_body(float_movement),
    )
