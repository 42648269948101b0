"""Tills at the hub: pairing by a one-time code, the token that proves who calls, greeting, revoking."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.domain.journal import GENESIS_HASH
from till_app.domain.times import from_text, to_text
from till_app.hub.feed import identity
from till_app.hub.refusals import Refused
from till_app.hub.tables import hub_state, pairing_code, till
from till_app.wire.exchange import (
    ErrorCode,
    HelloAnswer,
    HelloRequest,
    JournalHead,
    PairAnswer,
    PairRequest,
)
from till_app.wire.protocol import OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION

PAIRING_CODE_LIFE = timedelta(minutes=10)
MAX_PAIRING_FAILURES = 5
"""Wrong codes while a code is open; then it is dead, so that eight digits cannot be tried out."""
MAX_TILL_NAME_LENGTH = 100
_MAX_SEQ = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Till:
    """The till that a request comes from."""

    till_id: str
    till_code: str


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_pairing_code(connection: Connection, now: datetime) -> tuple[str, str]:
    """An eight-digit code and when it expires; only its hash is kept."""
    connection.execute(delete(pairing_code).where(pairing_code.c.expires_at < to_text(now)))
    code = f"{secrets.randbelow(10**8):08d}"
    expires_at = to_text(now + PAIRING_CODE_LIFE)
    connection.execute(delete(pairing_code).where(pairing_code.c.code_hash == _digest(code)))
    connection.execute(
        insert(pairing_code).values(code_hash=_digest(code), expires_at=expires_at, failures=0)
    )
    return code, expires_at


def pair(connection: Connection, request: PairRequest, now: datetime) -> PairAnswer | None:
    """Use up a code for a new till; None when it is wrong, expired or dead (the failure is counted)."""
    alive = (pairing_code.c.expires_at >= to_text(now)) & (pairing_code.c.failures < MAX_PAIRING_FAILURES)
    code = "".join(character for character in request.code if character.isdigit())
    used = connection.execute(delete(pairing_code).where(pairing_code.c.code_hash == _digest(code), alive))
    if used.rowcount != 1:
        connection.execute(update(pairing_code).values(failures=pairing_code.c.failures + 1))
        return None
    name = " ".join(request.till_name.split())[:MAX_TILL_NAME_LENGTH]
    number = connection.execute(select(hub_state.c.last_till_number).with_for_update()).scalar_one() + 1
    connection.execute(update(hub_state).values(last_till_number=number))
    till_id, secret = new_uuid7(now), secrets.token_urlsafe(32)
    connection.execute(
        insert(till).values(
            till_id=till_id,
            till_code=str(number),
            name=name or f"Till {number}",
            token_hash=_digest(secret),
            paired_at=to_text(now),
            app_version="",
            clock_skew_s=0,
            reported_seq=0,
            acked_seq=0,
            acked_hash=GENESIS_HASH,
            quarantined=0,
        )
    )
    hub_id = identity(connection).hub_id
    return PairAnswer(till_id, str(number), name or f"Till {number}", f"{till_id}.{secret}", hub_id)


def till_of_token(connection: Connection, token: str) -> Till:
    """Raises Refused 401 for a token that is unknown or revoked."""
    till_id, _, secret = token.partition(".")
    row = connection.execute(
        select(till.c.till_code, till.c.token_hash, till.c.revoked_at).where(till.c.till_id == till_id)
    ).first()
    known_hash = row.token_hash if row is not None else _digest("")
    if not hmac.compare_digest(known_hash, _digest(secret)) or row is None or row.revoked_at is not None:
        raise Refused(
            401, ErrorCode.UNAUTHORISED, "This till is not paired with this hub, or its pairing was revoked."
        )
    return Till(till_id, row.till_code)


def hello(connection: Connection, caller: Till, request: HelloRequest, now: datetime) -> HelloAnswer:
    """Raises Refused 426 when the two have no protocol in common, and 400."""
    if request.newest_protocol < OLDEST_PROTOCOL_VERSION or request.oldest_protocol > PROTOCOL_VERSION:
        raise Refused(
            426,
            ErrorCode.PROTOCOL_TOO_OLD,
            f"The till speaks protocol {request.oldest_protocol} to {request.newest_protocol}, the hub"
            f" {OLDEST_PROTOCOL_VERSION} to {PROTOCOL_VERSION}. Update the older of the two.",
        )
    if not 0 <= request.journal_head.seq <= _MAX_SEQ:
        raise Refused(400, ErrorCode.BAD_REQUEST, "journal_head.seq is out of range.")
    hub = identity(connection)
    connection.execute(
        update(till)
        .where(till.c.till_id == caller.till_id)
        .values(
            last_seen_at=to_text(now),
            app_version=request.app_version[:100],
            clock_skew_s=_skew_s(request.till_time, now),
            reported_seq=request.journal_head.seq,
        )
    )
    row = connection.execute(
        select(till.c.acked_seq, till.c.acked_hash, till.c.quarantined).where(
            till.c.till_id == caller.till_id
        )
    ).one()
    return HelloAnswer(
        protocol=min(request.newest_protocol, PROTOCOL_VERSION),
        hub_id=hub.hub_id,
        epoch=hub.epoch,
        server_time=to_text(now),
        acked_through=JournalHead(row.acked_seq, row.acked_hash),
        quarantined=row.quarantined,
    )


def _skew_s(till_time: str, now: datetime) -> int:
    try:
        return round((from_text(till_time) - now).total_seconds())
    except (ValueError, OverflowError):
        raise Refused(400, ErrorCode.BAD_REQUEST, "till_time is no RFC 3339 moment.") from None


def revoke(connection: Connection, till_id: str, now: datetime) -> None:
    """Raises Refused 404. What the till sent stays."""
    changed = connection.execute(
        update(till)
        .where(till.c.till_id == till_id)
        .values(revoked_at=func.coalesce(till.c.revoked_at, to_text(now)))
    )
    if changed.rowcount != 1:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such till.")
