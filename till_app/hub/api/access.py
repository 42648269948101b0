"""Who may call what: tills by their token, the back office by role, the page on loopback."""

import base64
import binascii
import hmac
from typing import Any

from anyio import to_thread
from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from till_app.hub import access_tokens, attempts, audit
from till_app.hub.access_tokens import OWNER_NAME, Caller, Role
from till_app.hub.hub import Hub
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till, till_of_token
from till_app.wire.exchange import ErrorCode

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")

Connection = ASGIConnection[Any, Any, Any, Any]


def hub_of(connection: Connection) -> Hub:
    hub: Hub = connection.app.state.hub
    return hub


def _bearer(connection: Connection) -> str:
    scheme, _, token = connection.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def address_of(connection: Connection) -> str:
    return connection.client.host if connection.client else ""


def calling_till(request: Request[Any, Any, Any]) -> Till:
    """A dependency, run on a worker thread. Raises Refused 401, and 429 instead after many of them."""
    hub = hub_of(request)
    try:
        with hub.database.reading() as connection:
            return till_of_token(connection, _bearer(request))
    except Refused as refused:
        if refused.answer.code == ErrorCode.UNAUTHORISED:
            count_failed_proof(hub, address_of(request))
        raise


def require_not_blocked(hub: Hub, address: str) -> None:
    """Raises Refused 429 after too many failures within this minute."""
    with hub.database.reading() as connection:
        if attempts.is_blocked(connection, address, hub.clock()):
            raise attempts.too_many()


def count_failed_proof(hub: Hub, address: str) -> None:
    """Raises Refused 429 when there were too many already; those are not counted on."""
    require_not_blocked(hub, address)
    with hub.database.writing() as connection:
        attempts.count_failure(connection, address, hub.clock())


async def require_role(connection: Connection, handler: BaseRouteHandler) -> None:
    """A guard. Raises Refused 401, 403 and 429. A change is noted for the audit before it is made.

    A route says what it takes with `opt={"role": …}`; else looking takes a viewer, the rest a manager.
    """
    method = str(connection.scope.get("method", "GET"))
    needed = Role(handler.opt.get("role", Role.VIEWER if method == "GET" else Role.MANAGER))
    caller = await to_thread.run_sync(_admitted, connection, needed, method)
    connection.scope["state"]["caller"] = caller


def caller_of_request(connection: Connection) -> Caller:
    """Whom `require_role` let in."""
    caller: Caller = connection.scope["state"]["caller"]
    return caller


def _admitted(connection: Connection, needed: Role, method: str) -> Caller:
    hub, token = hub_of(connection), _bearer(connection)
    caller = Caller(OWNER_NAME, Role.OWNER)
    is_owner = _is_admin_token(connection, token)
    if not is_owner:
        with hub.database.reading() as reading:
            known = access_tokens.caller_of(reading, token)
        if known is None:
            count_failed_proof(hub, address_of(connection))
            raise Refused(401, ErrorCode.UNAUTHORISED, "This needs a token of the hub's back office.")
        caller = known
    if caller.role < needed:
        raise Refused(
            403,
            ErrorCode.FORBIDDEN,
            f"The token of {caller.name!r} is a {caller.role.name.lower()}'s; this takes"
            f" the role {needed.name.lower()}.",
        )
    if method != "GET":
        with hub.database.writing() as writing:
            if not is_owner:
                access_tokens.note_use(writing, token, hub.clock())
            audit.note(writing, hub.clock(), caller.name, method, connection.scope["path"])
    return caller


def may_see_page(connection: Connection) -> bool:
    """On loopback anybody at the machine may; else a token is the password, with any name."""
    if connection.app.state.is_on_loopback and _host_name(connection) in LOOPBACK_HOSTS:
        return True
    return page_caller(connection) is not None


def page_caller(connection: Connection) -> Caller | None:
    """Who signed in on a page. Raises Refused 429 after too many wrong tokens."""
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        _, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    if _is_admin_token(connection, password):
        return Caller(OWNER_NAME, Role.OWNER)
    hub = hub_of(connection)
    with hub.database.reading() as reading:
        caller = access_tokens.caller_of(reading, password)
    if caller is None:
        count_failed_proof(hub, address_of(connection))
    return caller


def _is_admin_token(connection: Connection, token: str) -> bool:
    return hmac.compare_digest(hub_of(connection).admin_token.encode(), token.encode())


def _host_name(connection: Connection) -> str:
    """Of the Host header, so that a foreign name that resolves to loopback shows nothing."""
    host = connection.headers.get("host", "")
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]
