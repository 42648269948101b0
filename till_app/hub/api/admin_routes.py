"""What the back office calls about its tills and itself: pairing, revoking, a new epoch."""

from typing import Any

import msgspec
from litestar import Request, Router, post
from litestar.params import FromPath, FromQuery

from till_app.domain.times import to_text
from till_app.hub import tills
from till_app.hub.access_tokens import Role
from till_app.hub.api.access import hub_of, require_role
from till_app.hub.api.described import ADMIN_TOKEN, failing
from till_app.hub.catalogue.shops import asked_shop_id
from till_app.hub.feed import start_new_epoch

AnyRequest = Request[Any, Any, Any]


class PairingCode(msgspec.Struct, frozen=True):
    code: str
    """Eight digits, to be typed at the till once."""
    expires_at: str


class NewEpoch(msgspec.Struct, frozen=True):
    epoch: str


@post("/pairing-codes", sync_to_thread=True, responses=failing(400, 401))
def make_pairing_code(
    request: AnyRequest, shop: FromQuery[str | None] = None, continues: FromQuery[str | None] = None
) -> PairingCode:
    """A one-time code for a new till of a shop, or for one that goes on from a till, by its id."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        shop_id = asked_shop_id(connection, shop)
        code, expires_at = tills.new_pairing_code(connection, hub.clock(), shop_id, continues)
    return PairingCode(code, expires_at)


@post("/tills/{till_id:str}/revoke", status_code=204, sync_to_thread=True, responses=failing(400, 401, 404))
def revoke_till(request: AnyRequest, till_id: FromPath[str]) -> None:
    """Its token is worth nothing from now on; what it sent stays."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        tills.revoke(connection, till_id, hub.clock())


@post(
    "/new-epoch",
    status_code=200,
    sync_to_thread=True,
    opt={"role": Role.OWNER},
    responses=failing(401, 403, 429),
)
def new_epoch(request: AnyRequest) -> NewEpoch:
    """To be called after the database was restored from a backup."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        return NewEpoch(start_new_epoch(connection, to_text(hub.clock())))


ADMIN_ROUTER = Router(
    "/v1/admin",
    route_handlers=[
        make_pairing_code,
        revoke_till,
        new_epoch,
    ],
    guards=[require_role],
    security=ADMIN_TOKEN,
    tags=["back office"],
)
