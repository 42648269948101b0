"""Who may use the back office's API: tokens with a name and a role, and what each role may do."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

import msgspec
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from till_app.domain.ids import new_uuid7
from till_app.domain.times import to_text
from till_app.hub.refusals import Refused
from till_app.hub.tables import access_token
from till_app.wire.exchange import ErrorCode

OWNER_NAME = "owner"
"""Who holds the token in the hub's own file."""
MAX_NAME_LENGTH = 60
_USED_WITHIN_CHARACTERS = len("2026-11-24T16:20")
"""`last_used_at` is kept to the minute, so that reading does not write each time."""


class Role(IntEnum):
    """Each may do what the ones before it may."""

    VIEWER = 1
    """Looks."""
    EDITOR = 2
    """Changes what the shops sell: items, prices, promotions, customers, staff."""
    MANAGER = 3
    """Pairs and revokes tills, settles what waits in quarantine, takes in journal files."""
    OWNER = 4
    """Gives and takes back tokens, begins a new epoch."""


@dataclass(frozen=True, slots=True)
class Caller:
    name: str
    role: Role


class TokenView(msgspec.Struct, frozen=True):
    token_id: str
    name: str
    role: str
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def new_token(connection: Connection, name: str, role_name: str, now: datetime) -> tuple[TokenView, str]:
    """The token's record, and the token itself, which is not kept. Raises Refused 400 and 409."""
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable() or name == OWNER_NAME:
        raise Refused(
            400,
            ErrorCode.BAD_REQUEST,
            f"The name must have 1 to {MAX_NAME_LENGTH} characters and not be {OWNER_NAME!r}.",
        )
    role = role_named(role_name)
    token_id, secret = new_uuid7(now), secrets.token_urlsafe(32)
    view = TokenView(token_id, name, role.name.lower(), to_text(now), None, None)
    try:
        connection.execute(
            insert(access_token).values(
                token_id=token_id,
                name=name,
                role=view.role,
                token_hash=_digest(secret),
                created_at=view.created_at,
            )
        )
    except IntegrityError:
        raise Refused(409, ErrorCode.BAD_REQUEST, f"There is a token named {name!r} already.") from None
    return view, f"{token_id}.{secret}"


def role_named(name: str) -> Role:
    """Raises Refused 400."""
    try:
        return Role[name.upper()]
    except KeyError:
        roles = ", ".join(role.name.lower() for role in Role)
        raise Refused(400, ErrorCode.BAD_REQUEST, f"{name!r} is none of the roles {roles}.") from None


def caller_of(connection: Connection, token: str) -> Caller | None:
    """None for a token that is unknown or was taken back."""
    token_id, _, secret = token.partition(".")
    row = connection.execute(
        select(
            access_token.c.name, access_token.c.role, access_token.c.token_hash, access_token.c.revoked_at
        ).where(access_token.c.token_id == token_id)
    ).first()
    known_hash = row.token_hash if row is not None else _digest("")
    if not hmac.compare_digest(known_hash, _digest(secret)) or row is None or row.revoked_at is not None:
        return None
    return Caller(row.name, Role[row.role.upper()])


def note_use(connection: Connection, token: str, now: datetime) -> None:
    connection.execute(
        update(access_token)
        .where(access_token.c.token_id == token.partition(".")[0])
        .values(last_used_at=to_text(now)[:_USED_WITHIN_CHARACTERS] + ":00.000000Z")
    )


def tokens(connection: Connection) -> list[TokenView]:
    """In the order in which they were given."""
    rows = connection.execute(select(access_token).order_by(access_token.c.token_id)).all()
    return [
        TokenView(row.token_id, row.name, row.role, row.created_at, row.last_used_at, row.revoked_at)
        for row in rows
    ]


def revoke_token(connection: Connection, token_id: str, now: datetime) -> None:
    """Raises Refused 404."""
    changed = connection.execute(
        update(access_token)
        .where(access_token.c.token_id == token_id, access_token.c.revoked_at.is_(None))
        .values(revoked_at=to_text(now))
    )
    if changed.rowcount != 1:
        raise Refused(404, ErrorCode.NOT_FOUND, "There is no such token, or it was taken back before.")
