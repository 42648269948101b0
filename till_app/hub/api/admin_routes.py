"""What the back office calls with the admin token: tills, items, pictures, imports, quarantine."""

import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
from anyio import to_thread
from litestar import Request, Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from till_app.domain.times import to_text
from till_app.hub import catalogue, overview, tills
from till_app.hub.api.access import hub_of, require_admin
from till_app.hub.api.described import ADMIN_TOKEN, CsvOperation, PictureOperation, failing
from till_app.hub.catalogue import MAX_PICTURE_BYTES, ItemPatch, ItemView, StoredPicture
from till_app.hub.feed import start_new_epoch
from till_app.hub.hub import Hub
from till_app.hub.imports.folder import FILES, import_file
from till_app.hub.imports.report import FileRefused, ImportReport, ImportUnfinished
from till_app.hub.overview import ForkedEntry, QuarantinedEntry, TillView
from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

_log = logging.getLogger(__name__)
_MAX_IMPORT_BYTES = 2_000_000_000
_MAX_FILE_NAME_LENGTH = 200

AnyRequest = Request[Any, Any, Any]


class PairingCode(msgspec.Struct, frozen=True):
    code: str
    """Eight digits, to be typed at the till once."""
    expires_at: str


class NewEpoch(msgspec.Struct, frozen=True):
    epoch: str


@post("/pairing-codes", sync_to_thread=True, responses=failing(401))
def make_pairing_code(request: AnyRequest) -> PairingCode:
    """A one-time code for a new till."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        code, expires_at = tills.new_pairing_code(connection, hub.clock())
    return PairingCode(code, expires_at)


@get("/tills", sync_to_thread=True, responses=failing(401))
def list_tills(request: AnyRequest) -> list[TillView]:
    """All tills, in the order of their pairing."""
    with hub_of(request).database.reading() as connection:
        return overview.tills(connection)


@post("/tills/{till_id:str}/revoke", status_code=204, sync_to_thread=True, responses=failing(400, 401, 404))
def revoke_till(request: AnyRequest, till_id: FromPath[str]) -> None:
    """Its token is worth nothing from now on; what it sent stays."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        tills.revoke(connection, till_id, hub.clock())


@get("/quarantine", sync_to_thread=True, responses=failing(401))
def list_quarantined(request: AnyRequest) -> list[QuarantinedEntry]:
    """Journal entries that the hub keeps and could not apply, the newest first."""
    with hub_of(request).database.reading() as connection:
        return overview.quarantined(connection)


@get("/forks", sync_to_thread=True, responses=failing(401))
def list_forks(request: AnyRequest) -> list[ForkedEntry]:
    """Journal entries that contradict what their till sent before, the newest first."""
    with hub_of(request).database.reading() as connection:
        return overview.forks(connection)


@post("/new-epoch", status_code=200, sync_to_thread=True, responses=failing(401))
def new_epoch(request: AnyRequest) -> NewEpoch:
    """To be called after the database was restored from a backup."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        return NewEpoch(start_new_epoch(connection, to_text(hub.clock())))


@get("/items/{item_code:str}", sync_to_thread=True, responses=failing(400, 401, 404))
def show_item(request: AnyRequest, item_code: FromPath[str]) -> ItemView:
    """An item with its stock."""
    with hub_of(request).database.reading() as connection:
        return catalogue.item_view(connection, item_code)


@patch("/items/{item_code:str}", sync_to_thread=True, responses=failing(400, 401, 404))
def edit_item(request: AnyRequest, item_code: FromPath[str], data: JSONBody[ItemPatch]) -> ItemView:
    """Change the fields that are given; the tills get the item anew."""
    with hub_of(request).database.writing() as connection:
        return catalogue.edit_item(connection, item_code, data)


@delete("/items/{item_code:str}", sync_to_thread=True, responses=failing(400, 401, 404))
def remove_item(request: AnyRequest, item_code: FromPath[str]) -> None:
    """The item goes from the hub and from all tills; its sales stay."""
    with hub_of(request).database.writing() as connection:
        catalogue.remove_item(connection, item_code)


@put(
    "/pictures/{file_name:str}",
    request_max_body_size=MAX_PICTURE_BYTES,
    operation_class=PictureOperation,
    responses=failing(400, 401, 413),
)
async def put_picture(request: AnyRequest, file_name: FromPath[str]) -> StoredPicture:
    """Keep a PNG, JPEG, WebP or SVG; items that name the file change with it."""
    content = await request.body()
    if len(file_name) > _MAX_FILE_NAME_LENGTH:
        raise Refused(400, ErrorCode.BAD_REQUEST, "The file name is too long.")

    def store() -> StoredPicture:
        with hub_of(request).database.writing() as connection:
            return catalogue.store_picture(connection, file_name, content)

    return await to_thread.run_sync(store)


@post(
    "/imports/{kind:str}",
    status_code=200,
    request_max_body_size=_MAX_IMPORT_BYTES,
    operation_class=CsvOperation,
    responses=failing(400, 401, 404, 413, 422),
)
async def import_csv(
    request: AnyRequest, kind: FromPath[str], dry_run: FromQuery[bool] = False
) -> ImportReport:
    """The body is the CSV file; it is received wholly before anything goes in."""
    hub = hub_of(request)
    if kind not in FILES:
        raise Refused(404, ErrorCode.NOT_FOUND, f"{kind} is none of {', '.join(FILES)}.")
    with tempfile.TemporaryDirectory(prefix="till-hub-import-") as folder:
        path = Path(folder) / FILES[kind]
        with path.open("wb") as file:
            async for chunk in request.stream():
                await to_thread.run_sync(file.write, chunk)
        return await to_thread.run_sync(_import, hub, kind, path, hub.clock(), dry_run)


def _import(hub: Hub, kind: str, path: Path, now: datetime, dry_run: bool) -> ImportReport:
    try:
        return import_file(hub.database, kind, path, now, dry_run=dry_run)
    except FileRefused as refused:
        raise Refused(422, ErrorCode.FILE_REFUSED, str(refused)) from refused
    except ImportUnfinished as unfinished:
        _log.exception("an accepted import is not in yet")
        raise Refused(500, ErrorCode.HUB_FAULT, str(unfinished)) from unfinished


ADMIN_ROUTER = Router(
    "/v1/admin",
    route_handlers=[
        make_pairing_code,
        list_tills,
        revoke_till,
        list_quarantined,
        list_forks,
        new_epoch,
        show_item,
        edit_item,
        remove_item,
        put_picture,
        import_csv,
    ],
    guards=[require_admin],
    security=ADMIN_TOKEN,
    tags=["back office"],
)
