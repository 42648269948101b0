"""What the owner calls: giving and taking back tokens, and the audit."""

from typing import Any

import msgspec
from litestar import Request, Router, get, post
from litestar.params import FromPath, JSONBody

from till_app.hub import access_tokens, audit
from till_app.hub.access_tokens import Role, TokenView
from till_app.hub.api.access import hub_of, require_role
from till_app.hub.api.described import ADMIN_TOKEN, failing
from till_app.hub.audit import AuditView

AnyRequest = Request[Any, Any, Any]


class TokenRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str
    """Whose it is: a person or a program."""
    role: str
    """`viewer`, `editor`, `manager` or `owner`."""


class NewToken(msgspec.Struct, frozen=True):
    token: str
    """Shown once; the hub keeps its hash only."""
    record: TokenView


@post("/tokens", responses=failing(400, 401, 403, 409, 429), sync_to_thread=True)
def give_token(request: AnyRequest, data: JSONBody[TokenRequest]) -> NewToken:
    """A token for a person or a program."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        record, token = access_tokens.new_token(connection, data.name, data.role, hub.clock())
    return NewToken(token, record)


@get("/tokens", responses=failing(401, 403, 429), sync_to_thread=True)
def list_tokens(request: AnyRequest) -> list[TokenView]:
    """All of them, those that were taken back too; without their secrets."""
    with hub_of(request).database.reading() as connection:
        return access_tokens.tokens(connection)


@post(
    "/tokens/{token_id:str}/revoke",
    status_code=204,
    responses=failing(400, 401, 403, 404, 429),
    sync_to_thread=True,
)
def revoke_token(request: AnyRequest, token_id: FromPath[str]) -> None:
    """Worth nothing from now on."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        access_tokens.revoke_token(connection, token_id, hub.clock())


@get("/audit", responses=failing(401, 403, 429), sync_to_thread=True)
def list_audit(request: AnyRequest) -> list[AuditView]:
    """Who asked for which change, the newest first."""
    with hub_of(request).database.reading() as connection:
        return audit.latest(connection)


ACCESS_ROUTER = Router(
    "/v1/admin",
    route_handlers=[give_token, list_tokens, revoke_token, list_audit],
    guards=[require_role],
    opt={"role": Role.OWNER},
    security=ADMIN_TOKEN,
    tags=["access"],
)
