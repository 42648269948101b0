"""What the back office asks and does about the tills' journals: tills, sessions, quarantine, forks, files."""

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from anyio import to_thread
from litestar import Request, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from till_app.hub import overview
from till_app.hub.api.access import caller_of_request, hub_of, require_role
from till_app.hub.api.described import ADMIN_TOKEN, JournalFileOperation, failing
from till_app.hub.custody import forks, quarantine, resolution, sessions
from till_app.hub.custody.forks import ForkedEntry
from till_app.hub.custody.journal_files import JournalFileReport, import_journal_file
from till_app.hub.custody.quarantine import QuarantinedEntry
from till_app.hub.custody.resolution import Resolution
from till_app.hub.custody.sessions import SessionView
from till_app.hub.hub import Hub
from till_app.hub.imports.report import FileRefused
from till_app.hub.overview import TillView
from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

_MAX_JOURNAL_FILE_BYTES = 4_000_000_000
_MAX_SMALL_BYTES = 64_000

AnyRequest = Request[Any, Any, Any]


@get("/tills", sync_to_thread=True, responses=failing(401))
def list_tills(request: AnyRequest) -> list[TillView]:
    """All tills, in the order of their pairing: what each has sent, what waits, how it is."""
    with hub_of(request).database.reading() as connection:
        return overview.tills(connection)


@get("/tills/{till_id:str}/sessions", sync_to_thread=True, responses=failing(400, 401, 404))
def list_sessions(request: AnyRequest, till_id: FromPath[str]) -> list[SessionView]:
    """A till's latest sessions: its Z reports beside the hub's own sums, and receipts that are missing."""
    with hub_of(request).database.reading() as connection:
        return sessions.till_sessions(connection, till_id)


@get("/quarantine", sync_to_thread=True, responses=failing(400, 401))
def list_quarantined(request: AnyRequest, resolved: FromQuery[bool] = False) -> list[QuarantinedEntry]:
    """Journal entries that the hub keeps and could not apply, the newest first: what is wrong and what to do.

    With `resolved` also those that were settled.
    """
    with hub_of(request).database.reading() as connection:
        return quarantine.quarantined(connection, with_resolved=resolved)


@get("/quarantine/{till_id:str}/{seq:int}", sync_to_thread=True, responses=failing(400, 401, 404))
def show_quarantined(request: AnyRequest, till_id: FromPath[str], seq: FromPath[int]) -> QuarantinedEntry:
    """One such entry, with its whole body."""
    with hub_of(request).database.reading() as connection:
        return quarantine.quarantined_entry(connection, till_id, seq)


@post(
    "/quarantine/{till_id:str}/{seq:int}",
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=_MAX_SMALL_BYTES,
    responses=failing(400, 401, 404, 409, 413),
)
def resolve_quarantined(
    request: AnyRequest, till_id: FromPath[str], seq: FromPath[int], data: JSONBody[Resolution]
) -> QuarantinedEntry:
    """Settle one: apply it again, accept it as it is, or set it aside; once, and under the caller's name."""
    hub = hub_of(request)
    by = caller_of_request(request).name
    return resolution.resolve(hub.database, till_id, seq, data, by, hub.clock())


@get("/forks", sync_to_thread=True, responses=failing(401))
def list_forks(request: AnyRequest) -> list[ForkedEntry]:
    """Journal entries that contradict what their till sent before, the newest first."""
    with hub_of(request).database.reading() as connection:
        return forks.forks(connection)


@post(
    "/journal-files",
    status_code=200,
    request_max_body_size=_MAX_JOURNAL_FILE_BYTES,
    operation_class=JournalFileOperation,
    responses=failing(400, 401, 413, 422),
)
async def import_journal(request: AnyRequest) -> JournalFileReport:
    """The body is a journal that a till exported, plain or compressed; what the hub lacks is taken in."""
    hub = hub_of(request)
    with tempfile.TemporaryDirectory(prefix="till-hub-journal-") as folder:
        path = Path(folder) / "journal"
        with path.open("wb") as file:
            async for chunk in request.stream():
                await to_thread.run_sync(file.write, chunk)
        return await to_thread.run_sync(_import, hub, path, hub.clock())


def _import(hub: Hub, path: Path, now: datetime) -> JournalFileReport:
    try:
        return import_journal_file(hub.database, path, now)
    except FileRefused as refused:
        raise Refused(422, ErrorCode.FILE_REFUSED, str(refused)) from refused


CUSTODY_ROUTER = Router(
    "/v1/admin",
    route_handlers=[
        list_tills,
        list_sessions,
        list_quarantined,
        show_quarantined,
        resolve_quarantined,
        list_forks,
        import_journal,
    ],
    guards=[require_role],
    security=ADMIN_TOKEN,
    tags=["back office"],
)
