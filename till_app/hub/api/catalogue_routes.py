"""What the back office calls about items and their prices: single edits by code, pictures, imports."""

import logging
import tempfile
from datetime import datetime
from pathlib import Path

from anyio import to_thread
from litestar import Router, delete, get, patch, post, put
from litestar.params import FromPath, FromQuery, JSONBody

from till_app.hub.api.access import hub_of, require_role
from till_app.hub.api.described import ADMIN_TOKEN, CsvOperation, PictureOperation, failing
from till_app.hub.api.edits import EDITOR, AnyRequest, Stored, edited
from till_app.hub.api.goods_routes import GOODS_HANDLERS
from till_app.hub.api.shop_routes import SHOP_HANDLERS
from till_app.hub.catalogue import items, pictures, price_lists, stock
from till_app.hub.catalogue.item_values import ItemEdit
from till_app.hub.catalogue.items import ItemPatch, ItemView
from till_app.hub.catalogue.pictures import MAX_PICTURE_BYTES, StoredPicture
from till_app.hub.catalogue.price_lists import PriceEdit, PriceListEdit, PriceListView, PriceView
from till_app.hub.catalogue.stock import StockEdit, StockView
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_text
from till_app.hub.hub import Hub
from till_app.hub.imports.folder import FILES, import_file
from till_app.hub.imports.report import FileRefused, ImportReport, ImportUnfinished
from till_app.hub.refusals import Refused
from till_app.wire.exchange import ErrorCode

_log = logging.getLogger(__name__)
_MAX_IMPORT_BYTES = 2_000_000_000
_SEEN, _CHANGED = failing(400, 401, 404, 429), failing(400, 401, 403, 404, 413, 429)


@get("/items/{item_code:str}", sync_to_thread=True, responses=_SEEN)
def show_item(request: AnyRequest, item_code: FromPath[str]) -> ItemView:
    """An item with its stock."""
    with hub_of(request).database.reading() as connection:
        return items.item_view(connection, item_code)


@put("/items/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_item(request: AnyRequest, item_code: FromPath[str], data: JSONBody[ItemEdit]) -> Stored:
    """Make or replace an item, whole."""
    hub = hub_of(request)
    with hub.database.writing() as connection:
        return Stored(items.put_item(connection, item_code, data, hub.clock()))


@patch("/items/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def edit_item(request: AnyRequest, item_code: FromPath[str], data: JSONBody[ItemPatch]) -> ItemView:
    """Change the fields that are given; the tills get the item anew."""
    with hub_of(request).database.writing() as connection:
        return items.edit_item(connection, item_code, data)


@delete("/items/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_item(request: AnyRequest, item_code: FromPath[str]) -> None:
    """The item goes from the hub and from all tills; its sales stay."""
    with hub_of(request).database.writing() as connection:
        items.remove_item(connection, item_code)


@get("/stock/{location_code:str}/{item_code:str}", sync_to_thread=True, responses=_SEEN)
def show_stock(request: AnyRequest, location_code: FromPath[str], item_code: FromPath[str]) -> StockView:
    """What a location has of an item."""
    with hub_of(request).database.reading() as connection:
        return stock.stock_view(connection, location_code, item_code)


@put("/stock/{location_code:str}/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def count_stock(
    request: AnyRequest, location_code: FromPath[str], item_code: FromPath[str], data: JSONBody[StockEdit]
) -> Stored:
    """A count: the difference becomes a movement of the stock."""
    with edited(request) as edit:
        return Stored(stock.count_stock(edit, location_code, item_code, data.counted_milli))


@get("/price-lists", sync_to_thread=True, responses=failing(401, 429))
def list_price_lists(request: AnyRequest) -> list[PriceListView]:
    """All price lists, without their prices."""
    with hub_of(request).database.reading() as connection:
        return price_lists.price_list_views(connection)


@get("/price-lists/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_price_list(request: AnyRequest, code: FromPath[str]) -> PriceListView:
    """A price list, without its prices."""
    with hub_of(request).database.reading() as connection:
        return price_lists.price_list_view(connection, code)


@put("/price-lists/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_price_list(request: AnyRequest, code: FromPath[str], data: JSONBody[PriceListEdit]) -> Stored:
    """Make or replace a price list; its prices stay."""
    with edited(request) as edit:
        return Stored(price_lists.put_price_list(edit, code, data))


@delete("/price-lists/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_price_list(request: AnyRequest, code: FromPath[str]) -> None:
    """The list goes with its prices: at once it holds no longer, then they are removed bit by bit."""
    hub = hub_of(request)
    price_lists.remove_price_list(hub.database, code, hub.clock())


@get("/price-lists/{code:str}/prices/{item_code:str}", sync_to_thread=True, responses=_SEEN)
def show_price(request: AnyRequest, code: FromPath[str], item_code: FromPath[str]) -> PriceView:
    """What an item costs by a list."""
    with hub_of(request).database.reading() as connection:
        return price_lists.price_view(connection, code, item_code)


@put("/price-lists/{code:str}/prices/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_price(
    request: AnyRequest, code: FromPath[str], item_code: FromPath[str], data: JSONBody[PriceEdit]
) -> Stored:
    """Set what an item costs by a list."""
    with edited(request) as edit:
        return Stored(price_lists.put_price(edit, code, item_code, data))


@delete("/price-lists/{code:str}/prices/{item_code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_price(request: AnyRequest, code: FromPath[str], item_code: FromPath[str]) -> None:
    """The item has no price in this list any more."""
    with edited(request) as edit:
        price_lists.remove_price(edit, code, item_code)


@put(
    "/pictures/{file_name:str}",
    request_max_body_size=MAX_PICTURE_BYTES,
    operation_class=PictureOperation,
    opt=EDITOR,
    responses=_CHANGED,
)
async def put_picture(request: AnyRequest, file_name: FromPath[str]) -> StoredPicture:
    """Keep a PNG, JPEG, WebP or SVG; items that name the file change with it."""
    content = await request.body()
    try:
        checked_text("the file name", file_name, MAX_NAME_LENGTH, required=True)
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad

    def store() -> StoredPicture:
        with hub_of(request).database.writing() as connection:
            return pictures.store_picture(connection, file_name, content)

    return await to_thread.run_sync(store)


@post(
    "/imports/{kind:str}",
    status_code=200,
    request_max_body_size=_MAX_IMPORT_BYTES,
    operation_class=CsvOperation,
    opt=EDITOR,
    responses=failing(400, 401, 403, 404, 413, 422, 429),
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


CATALOGUE_ROUTER = Router(
    "/v1/admin",
    route_handlers=[
        show_item,
        put_item,
        edit_item,
        remove_item,
        show_stock,
        count_stock,
        list_price_lists,
        show_price_list,
        put_price_list,
        remove_price_list,
        show_price,
        put_price,
        remove_price,
        put_picture,
        import_csv,
        *GOODS_HANDLERS,
        *SHOP_HANDLERS,
    ],
    guards=[require_role],
    security=ADMIN_TOKEN,
    tags=["catalogue"],
)
