"""Tills at the hub: pairing by a one-time code, the token that proves who calls, revoking."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, insert, select, update

from till_app.domain.ids import new_uuid7
from till_app.domain.journal import GENESIS_HASH
from till_app.domain.times import to_text
from till_app.hub.catalogue.shops import first_shop_id
from till_app.hub.feed import identity
from till_app.hub.refusals import Refused
from till_app.hub.tables import hub_state, pairing_code, shop, till
from till_app.wire.exchange import (
    ErrorCode,
    PairAnswer,
    PairRequest,
)

PAIRING_CODE_LIFE = timedelta(minutes=10)
MAX_PAIRING_FAILURES = 5
"""Wrong codes while a code is open; then it is dead, so that eight digits cannot be tried out."""
MAX_TILL_NAME_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Till:
    """The till that a request comes from."""

    till_id: str
    till_code: str
    shop_id: str = ""


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_pairing_code(
    connection: Connection,
    now: datetime,
    shop_id: str | None = None,
    continues_till_id: str | None = None,
) -> tuple[str, str]:
    """An eight-digit code and when it expires; only its hash is kept.

    Without a shop it is for the till that it continues, else for the hub's first shop. Raises Refused 400.
    """
    shop_id = _shop_of_code(connection, shop_id, continues_till_id)
    connection.execute(delete(pairing_code).where(pairing_code.c.expires_at < to_text(now)))
    code = f"{secrets.randbelow(10**8):08d}"
    expires_at = to_text(now + PAIRING_CODE_LIFE)
    connection.execute(delete(pairing_code).where(pairing_code.c.code_hash == _digest(code)))
    connection.execute(
        insert(pairing_code).values(
            code_hash=_digest(code),
            expires_at=expires_at,
            failures=0,
            shop_id=shop_id,
            continues_till_id=continues_till_id,
        )
    )
    return code, expires_at


def _shop_of_code(connection: Connection, shop_id: str | None, continues_till_id: str | None) -> str:
    if continues_till_id is not None:
        if "\0" in continues_till_id:
            raise Refused(400, ErrorCode.BAD_REQUEST, "There is no such till to continue.")
        continued = connection.execute(
            select(till.c.shop_id).where(till.c.till_id == continues_till_id)
        ).first()
        if continued is None:
            raise Refused(400, ErrorCode.BAD_REQUEST, "There is no such till to continue.")
        shop_id = shop_id or continued.shop_id
    if shop_id is None:
        return first_shop_id(connection)
    if connection.execute(select(shop.c.shop_id).where(shop.c.shop_id == shop_id)).first() is None:
        raise Refused(400, ErrorCode.BAD_REQUEST, "There is no such shop.")
    return shop_id


def pair(connection: Connection, request: PairRequest, now: datetime) -> PairAnswer | None:
    """Use up a code for a new till; None when it is wrong, expired or dead (the failure is counted)."""
    alive = (pairing_code.c.expires_at >= to_text(now)) & (pairing_code.c.failures < MAX_PAIRING_FAILURES)
    code = "".join(character for character in request.code if character.isdigit())
    used = connection.execute(
        delete(pairing_code)
        .where(pairing_code.c.code_hash == _digest(code), alive)
        .returning(pairing_code.c.shop_id, pairing_code.c.continues_till_id)
    ).first()
    if used is None:
        connection.execute(update(pairing_code).values(failures=pairing_code.c.failures + 1))
        return None
    name = " ".join(request.till_name.replace("\0", " ").split())[:MAX_TILL_NAME_LENGTH]
    number = connection.execute(select(hub_state.c.last_till_number).with_for_update()).scalar_one() + 1
    connection.execute(update(hub_state).values(last_till_number=number))
    till_id, secret = new_uuid7(now), secrets.token_urlsafe(32)
    shop_id = used.shop_id or first_shop_id(connection)
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
            shop_id=shop_id,
            continues_till_id=used.continues_till_id,
        )
    )
    hub_id = identity(connection).hub_id
    name = name or f"Till {number}"
    return PairAnswer(till_id, str(number), name, f"{till_id}.{secret}", hub_id, shop_id)


def till_of_token(connection: Connection, token: str) -> Till:
    """Raises Refused 401 for a token that is unknown or revoked."""
    till_id, _, secret = token.partition(".")
    row = connection.execute(
        select(till.c.till_code, till.c.token_hash, till.c.revoked_at, till.c.shop_id).where(
            till.c.till_id == till_id
        )
    ).first()
    known_hash = row.token_hash if row is not None else _digest("")
    if not hmac.compare_digest(known_hash, _digest(secret)) or row is None:
        raise Refused(401, ErrorCode.UNAUTHORISED, "This till is not paired with this hub.")
    if row.revoked_at is not None:
        raise Refused(
            401,
            ErrorCode.REVOKED,
            "The back office took this till's pairing back. Its unsent sales are safe: they stay at the till,"
            " can be exported and brought to the hub as a file, or go up once it is paired again.",
        )
    return Till(till_id, row.till_code, row.shop_id or first_shop_id(connection))


def revoke(connection: Connection, till_id: str, now: datetime) -> None:
    """Raises Refused 404. What the till sent stays."""
    changed = connection.execute(
        update(till)
        .where(till.c.till_id == till_id)
        .values(revoked_at=func.coalesce(till.c.revoked_at, to_text(now)))
    )
    if changed.rowcount != 1:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such till.")
