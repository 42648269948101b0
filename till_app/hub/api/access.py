"""Who may call what: tills by their token, the back office by the admin token, the page on loopback."""

import base64
import binascii
import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

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


def calling_till(request: Request[Any, Any, Any]) -> Till:
    """A dependency, run on a worker thread. Raises Refused 401."""
    with hub_of(request).database.reading() as connection:
        return till_of_token(connection, _bearer(request))


def require_admin(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard. Raises Refused 401."""
    if not _is_admin_token(connection, _bearer(connection)):
        raise Refused(401, ErrorCode.UNAUTHORISED, "This needs the hub's admin token.")


def may_see_page(connection: Connection) -> bool:
    """On loopback anybody at the machine may; else the admin token is the password, with any name."""
    if connection.app.state.is_on_loopback and _host_name(connection) in LOOPBACK_HOSTS:
        return True
    scheme, _, credentials = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        _, _, password = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return _is_admin_token(connection, password)


def _is_admin_token(connection: Connection, token: str) -> bool:
    return hmac.compare_digest(hub_of(connection).admin_token.encode(), token.encode())


def _host_name(connection: Connection) -> str:
    """Of the Host header, so that a foreign name that resolves to loopback shows nothing."""
    host = connection.headers.get("host", "")
    return host[1 : host.find("]")] if host.startswith("[") else host.partition(":")[0]
