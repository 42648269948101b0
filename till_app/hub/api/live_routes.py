"""Waiting for the next change of the feed, and the authority by which tills know the hub."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter

from till_app.hub.api.access import calling_till, hub_of
from till_app.hub.api.described import TILL_TOKEN, failing
from till_app.hub.bell import Bell
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till
from till_app.hub.tls import TLS_FOLDER, OwnAuthority
from till_app.wire.exchange import ErrorCode, LiveAnswer
from till_app.wire.protocol import MAX_LIVE_WAIT_S

_PEM = "application/x-pem-file"

AnyRequest = Request[Any, Any, Any]


@get(
    "/v1/live",
    security=TILL_TOKEN,
    dependencies={"till": Provide(calling_till, sync_to_thread=True)},
    responses=failing(400, 401, 429),
)
async def live(
    request: AnyRequest,
    till: NamedDependency[Till],
    cursor: FromQuery[str] = "",
    wait_s: Annotated[float, QueryParameter(description=f"At most {MAX_LIVE_WAIT_S}.")] = MAX_LIVE_WAIT_S,
) -> LiveAnswer:
    """Wait until the feed has something for the calling till after its cursor, or until the wait is over."""
    bell: Bell = request.app.state.bell
    return await bell.wait(
        till.shop_id, cursor, wait_s if 0 <= wait_s <= MAX_LIVE_WAIT_S else MAX_LIVE_WAIT_S
    )


@get(
    "/v1/authority",
    sync_to_thread=True,
    responses={200: ResponseSpec(str, media_type=_PEM, generate_examples=False), **failing(404)},
)
def authority(request: AnyRequest) -> Response[bytes]:
    """The certificate of the hub's own authority in PEM. Who fetches it checks the fingerprint."""
    pem = OwnAuthority(hub_of(request).files.path(TLS_FOLDER)).certificate_pem()
    if pem is None:
        raise Refused(404, ErrorCode.NOT_FOUND, "This hub has no authority of its own.")
    return Response(pem, media_type=_PEM)


LIVE_ROUTER = Router("/", route_handlers=[live, authority], tags=["till"])
