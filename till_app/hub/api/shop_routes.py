"""What the back office calls about shops: their locations, staff, quick keys, receipt texts, settings."""

from litestar import delete, get, put
from litestar.params import FromPath, FromQuery, JSONBody

from till_app.hub.api.access import hub_of
from till_app.hub.api.described import failing
from till_app.hub.api.edits import EDITOR, AnyRequest, Stored, edited, require_found
from till_app.hub.catalogue import quick_keys, receipt_texts, settings, shops, staff
from till_app.hub.catalogue.quick_keys import QuickKeyEdit, QuickKeyView
from till_app.hub.catalogue.receipt_texts import ReceiptTextEdit, ReceiptTextView
from till_app.hub.catalogue.settings import SettingEdit, SettingView
from till_app.hub.catalogue.shops import LocationEdit, LocationView, ShopEdit, ShopView, shop_id_of
from till_app.hub.catalogue.staff import StaffEdit, StaffView

_SEEN, _CHANGED = failing(400, 401, 404, 429), failing(400, 401, 403, 404, 413, 429)


@get("/shops", sync_to_thread=True, responses=failing(401, 429))
def list_shops(request: AnyRequest) -> list[ShopView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return shops.shop_views(connection)


@get("/shops/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_shop(request: AnyRequest, code: FromPath[str]) -> ShopView:
    """A shop by its code."""
    with hub_of(request).database.reading() as connection:
        return shops.shop_view(connection, code)


@put("/shops/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_shop(request: AnyRequest, code: FromPath[str], data: JSONBody[ShopEdit]) -> Stored:
    """Make or replace a shop, whole."""
    with edited(request) as edit:
        return Stored(shops.put_shop(edit, code, data))


@get("/locations", sync_to_thread=True, responses=failing(401, 429))
def list_locations(request: AnyRequest) -> list[LocationView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return shops.location_views(connection)


@get("/locations/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_location(request: AnyRequest, code: FromPath[str]) -> LocationView:
    """A location by its code."""
    with hub_of(request).database.reading() as connection:
        return shops.location_view(connection, code)


@put("/locations/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_location(request: AnyRequest, code: FromPath[str], data: JSONBody[LocationEdit]) -> Stored:
    """Make or replace a location, whole."""
    with edited(request) as edit:
        return Stored(shops.put_location(edit, code, data))


@get("/staff", sync_to_thread=True, responses=failing(401, 429))
def list_staff(request: AnyRequest) -> list[StaffView]:
    """All of them."""
    with hub_of(request).database.reading() as connection:
        return staff.staff_views(connection)


@get("/staff/{code:str}", sync_to_thread=True, responses=_SEEN)
def show_staff(request: AnyRequest, code: FromPath[str]) -> StaffView:
    """A member of staff by its code."""
    with hub_of(request).database.reading() as connection:
        return staff.staff_view(connection, code)


@put("/staff/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_staff(request: AnyRequest, code: FromPath[str], data: JSONBody[StaffEdit]) -> Stored:
    """Make or replace a member of staff, whole."""
    with edited(request) as edit:
        return Stored(staff.put_staff(edit, code, data))


@delete("/staff/{code:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_staff(request: AnyRequest, code: FromPath[str]) -> None:
    """It goes from the hub and from all tills."""
    with edited(request) as edit:
        require_found(staff.remove_staff(edit, code), "member of staff", code)


@get("/quick-keys", sync_to_thread=True, responses=failing(401, 429))
def list_quick_keys(request: AnyRequest) -> list[QuickKeyView]:
    """All of them, of all shops."""
    with hub_of(request).database.reading() as connection:
        return quick_keys.quick_key_views(connection)


@get("/quick-keys/{page:str}/{position:int}", sync_to_thread=True, responses=_SEEN)
def show_quick_key(
    request: AnyRequest, page: FromPath[str], position: FromPath[int], shop: FromQuery[str | None] = None
) -> QuickKeyView:
    """Quick key of a shop, or of every shop when none is named."""
    with hub_of(request).database.reading() as connection:
        return quick_keys.quick_key_view(connection, page, position, shop or None)


@put("/quick-keys/{page:str}/{position:int}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_quick_key(
    request: AnyRequest,
    page: FromPath[str],
    position: FromPath[int],
    data: JSONBody[QuickKeyEdit],
    shop: FromQuery[str | None] = None,
) -> Stored:
    """Make or replace it, for a shop or for every shop when none is named."""
    with edited(request) as edit:
        return Stored(quick_keys.put_quick_key(edit, page, position, shop_id_of(edit.connection, shop), data))


@delete("/quick-keys/{page:str}/{position:int}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_quick_key(
    request: AnyRequest, page: FromPath[str], position: FromPath[int], shop: FromQuery[str | None] = None
) -> None:
    """It goes from the hub and from the tills that had it."""
    with edited(request) as edit:
        was_there = quick_keys.remove_quick_key(edit, page, position, shop_id_of(edit.connection, shop))
        require_found(was_there, "quick key", page)


@get("/receipt-texts", sync_to_thread=True, responses=failing(401, 429))
def list_receipt_texts(request: AnyRequest) -> list[ReceiptTextView]:
    """All of them, of all shops."""
    with hub_of(request).database.reading() as connection:
        return receipt_texts.receipt_text_views(connection)


@get("/receipt-texts/{place:str}/{position:int}", sync_to_thread=True, responses=_SEEN)
def show_receipt_text(
    request: AnyRequest, place: FromPath[str], position: FromPath[int], shop: FromQuery[str | None] = None
) -> ReceiptTextView:
    """Receipt text of a shop, or of every shop when none is named."""
    with hub_of(request).database.reading() as connection:
        return receipt_texts.receipt_text_view(connection, place, position, shop or None)


@put("/receipt-texts/{place:str}/{position:int}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_receipt_text(
    request: AnyRequest,
    place: FromPath[str],
    position: FromPath[int],
    data: JSONBody[ReceiptTextEdit],
    shop: FromQuery[str | None] = None,
) -> Stored:
    """Make or replace it, for a shop or for every shop when none is named."""
    with edited(request) as edit:
        return Stored(
            receipt_texts.put_receipt_text(edit, place, position, shop_id_of(edit.connection, shop), data)
        )


@delete("/receipt-texts/{place:str}/{position:int}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_receipt_text(
    request: AnyRequest, place: FromPath[str], position: FromPath[int], shop: FromQuery[str | None] = None
) -> None:
    """It goes from the hub and from the tills that had it."""
    with edited(request) as edit:
        was_there = receipt_texts.remove_receipt_text(
            edit, place, position, shop_id_of(edit.connection, shop)
        )
        require_found(was_there, "receipt text", place)


@get("/settings", sync_to_thread=True, responses=failing(401, 429))
def list_settings(request: AnyRequest) -> list[SettingView]:
    """All of them, of all shops."""
    with hub_of(request).database.reading() as connection:
        return settings.setting_views(connection)


@get("/settings/{name:str}", sync_to_thread=True, responses=_SEEN)
def show_setting(request: AnyRequest, name: FromPath[str], shop: FromQuery[str | None] = None) -> SettingView:
    """Setting of a shop, or of every shop when none is named."""
    with hub_of(request).database.reading() as connection:
        return settings.setting_view(connection, name, shop or None)


@put("/settings/{name:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def put_setting(
    request: AnyRequest, name: FromPath[str], data: JSONBody[SettingEdit], shop: FromQuery[str | None] = None
) -> Stored:
    """Make or replace it, for a shop or for every shop when none is named."""
    with edited(request) as edit:
        return Stored(settings.put_setting(edit, name, shop_id_of(edit.connection, shop), data))


@delete("/settings/{name:str}", sync_to_thread=True, opt=EDITOR, responses=_CHANGED)
def remove_setting(request: AnyRequest, name: FromPath[str], shop: FromQuery[str | None] = None) -> None:
    """It goes from the hub and from the tills that had it."""
    with edited(request) as edit:
        was_there = settings.remove_setting(edit, name, shop_id_of(edit.connection, shop))
        require_found(was_there, "setting", name)


SHOP_HANDLERS = (
    list_shops,
    show_shop,
    put_shop,
    list_locations,
    show_location,
    put_location,
    list_staff,
    show_staff,
    put_staff,
    remove_staff,
    list_quick_keys,
    show_quick_key,
    put_quick_key,
    remove_quick_key,
    list_receipt_texts,
    show_receipt_text,
    put_receipt_text,
    remove_receipt_text,
    list_settings,
    show_setting,
    put_setting,
    remove_setting,
)
