"""What tills call: pairing, greeting, the feed, the journal both ways, pictures and totals."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get, post
from litestar.datastructures import ResponseHeader
from litestar.di import NamedDependency, Provide
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from till_app.hub import tills
from till_app.hub.api.access import (
    address_of,
    calling_till,
    count_failed_proof,
    hub_of,
    require_not_blocked,
)
from till_app.hub.api.described import TILL_TOKEN, failing
from till_app.hub.api.journal_gate import JournalGate
from till_app.hub.catalogue.pictures import picture_of
from till_app.hub.custody import ingest, quarantine, read_back, sessions
from till_app.hub.custody.greeting import FeedSizes, greet
from till_app.hub.custody.totals import till_totals
from till_app.hub.feed_pages import changes_page
from till_app.hub.refusals import Refused
from till_app.hub.tills import Till
from till_app.wire.changes import ChangesPage
from till_app.wire.exchange import (
    ErrorCode,
    HelloAnswer,
    HelloRequest,
    JournalAnswer,
    JournalPage,
    JournalRequest,
    KnownAnswer,
    KnownRequest,
    PairAnswer,
    PairRequest,
    SessionCheck,
    TillTotals,
    WaitingEntry,
)
from till_app.wire.protocol import MAX_BATCH_ENTRIES, MAX_PAGE_ROWS, MAX_UNPACKED_BYTES

_MAX_SMALL_BYTES = 64_000
_MAX_KNOWN_BYTES = 256_000

AnyRequest = Request[Any, Any, Any]


@post(
    "/v1/pair",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=_MAX_SMALL_BYTES,
    responses=failing(400, 403, 413, 429),
)
def pair(request: AnyRequest, data: JSONBody[PairRequest]) -> PairAnswer:
    """Use up a one-time pairing code; the token in the answer is shown once."""
    hub = hub_of(request)
    require_not_blocked(hub, address_of(request))
    with hub.database.writing() as connection:
        answer = tills.pair(connection, data, hub.clock())
    if answer is None:
        count_failed_proof(hub, address_of(request))
        raise Refused(403, ErrorCode.PAIRING_CODE_WRONG, "The pairing code is wrong, used or too old.")
    return answer


@post(
    "/v1/hello",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=_MAX_SMALL_BYTES,
    security=TILL_TOKEN,
    responses=failing(400, 401, 413, 426),
)
def hello(request: AnyRequest, till: NamedDependency[Till], data: JSONBody[HelloRequest]) -> HelloAnswer:
    """Agree on a protocol; learn how far the hub has the till's journal."""
    hub = hub_of(request)
    sizes: FeedSizes = request.app.state.feed_sizes
    return greet(hub.database, sizes, till, data, hub.clock())


@get(
    "/v1/changes",
    sync_to_thread=True,
    security=TILL_TOKEN,
    responses={200: ResponseSpec(ChangesPage, generate_examples=False), **failing(400, 401, 410)},
)
def changes(
    request: AnyRequest,
    till: NamedDependency[Till],
    cursor: FromQuery[str] = "",
    limit: Annotated[int, QueryParameter(ge=1, description=f"At most {MAX_PAGE_ROWS}.")] = MAX_PAGE_ROWS,
) -> Response[bytes]:
    """Records and tombstones after a cursor, in the order of their commit; an empty cursor starts anew."""
    with hub_of(request).database.reading() as connection:
        return Response(changes_page(connection, cursor, limit, till.shop_id), media_type="application/json")


@post(
    "/v1/journal",
    status_code=200,
    request_max_body_size=MAX_UNPACKED_BYTES,
    security=TILL_TOKEN,
    responses=failing(400, 401, 409, 410, 413, 422),
)
async def journal(
    request: AnyRequest, till: NamedDependency[Till], data: JSONBody[JournalRequest]
) -> JournalAnswer:
    """Take custody of journal entries; the answer comes after the commit."""
    hub = hub_of(request)
    gate: JournalGate = request.app.state.journal_gate
    return await gate.run(lambda: ingest.receive(hub.database, till, data, hub.clock()))


@get("/v1/journal", sync_to_thread=True, security=TILL_TOKEN, responses=failing(400, 401))
def journal_back(
    request: AnyRequest,
    till: NamedDependency[Till],
    after_seq: Annotated[int, QueryParameter(ge=0, description="The last number that the till has.")] = 0,
    limit: Annotated[int, QueryParameter(ge=1, description=f"At most {MAX_BATCH_ENTRIES}.")] = 100,
) -> JournalPage:
    """The calling till's own entries, byte for byte as it sent them; fewer at once when they are large."""
    with hub_of(request).database.reading() as connection:
        return read_back.journal_page(connection, till.till_id, after_seq, limit)


@post(
    "/v1/known",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=_MAX_KNOWN_BYTES,
    security=TILL_TOKEN,
    responses=failing(400, 401, 413),
)
def known(request: AnyRequest, till: NamedDependency[Till], data: JSONBody[KnownRequest]) -> KnownAnswer:
    """Which of these entries the hub has, in whosever journal."""
    with hub_of(request).database.reading() as connection:
        return read_back.known(connection, data.uuids)


@get("/v1/waiting", sync_to_thread=True, security=TILL_TOKEN, responses=failing(401))
def waiting(request: AnyRequest, till: NamedDependency[Till]) -> list[WaitingEntry]:
    """The calling till's entries that wait at the hub for a person, with words and advice."""
    with hub_of(request).database.reading() as connection:
        return quarantine.waiting_entries(connection, till.till_id)


@get(
    "/v1/sessions/{session_id:str}",
    sync_to_thread=True,
    security=TILL_TOKEN,
    responses=failing(400, 401, 404),
)
def session_check(
    request: AnyRequest, till: NamedDependency[Till], session_id: FromPath[str]
) -> SessionCheck:
    """What the hub has of a session of the calling till, and which receipt numbers are missing."""
    with hub_of(request).database.reading() as connection:
        return sessions.session_check(connection, till, session_id)


@get(
    "/v1/pictures/{sha256:str}",
    sync_to_thread=True,
    security=TILL_TOKEN,
    responses=failing(400, 401, 404),
    response_headers=[
        ResponseHeader(name="Cache-Control", value="private, max-age=31536000, immutable"),
        ResponseHeader(name="X-Content-Type-Options", value="nosniff"),
    ],
)
def picture(request: AnyRequest, till: NamedDependency[Till], sha256: FromPath[str]) -> Response[bytes]:
    """A picture by the hash of its bytes; it never changes."""
    with hub_of(request).database.reading() as connection:
        media_type, content = picture_of(connection, sha256)
    return Response(content, media_type=media_type)


@get("/v1/totals", sync_to_thread=True, security=TILL_TOKEN, responses=failing(401))
def totals(request: AnyRequest, till: NamedDependency[Till]) -> TillTotals:
    """What the hub holds of the calling till."""
    with hub_of(request).database.reading() as connection:
        return till_totals(connection, till.till_id)


TILL_ROUTER = Router(
    "/",
    route_handlers=[
        pair,
        hello,
        changes,
        journal,
        journal_back,
        known,
        waiting,
        session_check,
        picture,
        totals,
    ],
    dependencies={"till": Provide(calling_till, sync_to_thread=True)},
    tags=["till"],
)
