"""Shops of the chain and the locations that hold their stock.

A hub always has a shop with a location: until somebody names it, it stands without a name, and its tills
are told nothing of it.
"""

import msgspec
from sqlalchemy import Connection, exists, func, select, update

from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, checked_code, id_of, row_of
from till_app.hub.catalogue.settings import publish_settings
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_lines, checked_phone, checked_text
from till_app.hub.refusals import Refused
from till_app.hub.tables import location, shop, stock
from till_app.wire.changes import LocationRecord, ShopRecord
from till_app.wire.exchange import ErrorCode

FIRST_SHOP_CODE = "1"
MAX_SHOP_TEXT = 500


class ShopEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A shop, whole."""

    name: str
    currency: str
    """ISO 4217."""
    address: list[str] = []
    phone: str = ""
    vat_number: str = ""
    receipt_header: str = ""
    """Lines parted by line feeds; so is the footer."""
    receipt_footer: str = ""


class ShopView(msgspec.Struct, frozen=True):
    shop_code: str
    shop_id: str
    name: str
    currency: str
    address: list[str]
    phone: str
    vat_number: str
    receipt_header: str
    receipt_footer: str


class LocationEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A place that holds stock, whole."""

    name: str
    shop: str
    """Its code."""
    default: bool = False
    """Sales of the shop take from here; each shop has one such location."""


class LocationView(msgspec.Struct, frozen=True):
    location_code: str
    location_id: str
    name: str
    shop: str
    default: bool


def first_shop_id(connection: Connection) -> str:
    """The oldest shop: the only one of most hubs."""
    return str(connection.execute(select(func.min(shop.c.shop_id))).scalar_one())


def shop_id_of(connection: Connection, shop_code: str | None) -> str | None:
    """None for no code: every shop. Raises BadCell."""
    return id_of(connection, shop.c.shop_id, shop.c.shop_code, shop_code, "shop") if shop_code else None


def asked_shop_id(connection: Connection, shop_code: str | None) -> str | None:
    """As a caller names it. Raises Refused 400."""
    try:
        return shop_id_of(connection, shop_code)
    except BadCell as bad:
        raise Refused(400, ErrorCode.BAD_REQUEST, bad.words) from bad


def shop_codes(connection: Connection) -> dict[str | None, str | None]:
    """Codes by id; None by None."""
    rows = connection.execute(select(shop.c.shop_id, shop.c.shop_code))
    return {None: None, "": None, **{row.shop_id: row.shop_code for row in rows}}


def shop_views(connection: Connection) -> list[ShopView]:
    return [_shop_view(row) for row in connection.execute(select(shop).order_by(shop.c.shop_code))]


def shop_view(connection: Connection, shop_code: str) -> ShopView:
    return _shop_view(row_of(connection, shop.c.shop_code, shop_code, "shop"))


def _shop_view(row: AnyRow) -> ShopView:
    fields = {name: getattr(row, name) for name in ShopView.__struct_fields__}
    return ShopView(**{**fields, "address": _lines(fields["address"])})


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


def put_shop(edit: Editing, shop_code: str, given: ShopEdit) -> Outcome:
    """Raises BadCell. The shop that nobody named yet becomes the first that is named."""
    shop_code = checked_code("shop_code", shop_code)
    values = _shop_values(given)
    present = edit.row(shop, shop_code=shop_code) or edit.row(shop, name="")
    shop_id = str(present.shop_id) if present else edit.new_id()
    is_known = present is not None and present.name != ""
    edit.store(shop, {"shop_id": shop_id}, {"shop_code": shop_code, **values}, present is not None)
    record = ShopRecord(
        shop_id,
        values["name"],
        _lines(values["address"]),
        values["phone"],
        values["vat_number"],
        values["currency"],
        values["receipt_header"],
        values["receipt_footer"],
    )
    has_changed = edit.feed.put_if_changed(record, shop_id)
    if not is_known:
        _begin_location(edit, shop_id, shop_code, values["name"], is_there=present is not None)
        publish_settings(edit, [shop_id])
    return edit.outcome(is_known=is_known, has_changed=has_changed)


def _shop_values(given: ShopEdit) -> dict[str, str]:
    try:
        currency_by_code(given.currency)
    except DomainError as error:
        raise BadCell("unknown_currency", f"there is no currency {given.currency[:10]!r}") from error
    return {
        "name": checked_text("name", given.name, MAX_SHOP_TEXT, required=True),
        "address": checked_lines("address", "\n".join(given.address), MAX_SHOP_TEXT),
        "phone": checked_phone("phone", given.phone, MAX_SHOP_TEXT),
        "vat_number": checked_text("vat_number", given.vat_number, MAX_SHOP_TEXT),
        "currency": given.currency,
        "receipt_header": checked_lines("receipt_header", given.receipt_header, MAX_SHOP_TEXT),
        "receipt_footer": checked_lines("receipt_footer", given.receipt_footer, MAX_SHOP_TEXT),
    }


def _begin_location(edit: Editing, shop_id: str, shop_code: str, name: str, *, is_there: bool) -> None:
    """The shop's own location is named after it."""
    code = shop_code
    taken = edit.row(location, location_code=code)
    if taken is not None and taken.shop_id != shop_id:
        code = f"{shop_code}-{edit.new_id()}"[-48:]
    if is_there:
        present = edit.row(location, shop_id=shop_id, is_default=True)
        assert present is not None
        location_id = str(present.location_id)
        values: dict[str, object] = {"location_code": code, "name": name}
        if present.name:
            values, name = {}, str(present.name)
        edit.store(location, {"location_id": location_id}, values, True)
    else:
        location_id = edit.new_id()
        values = {"location_code": code, "name": name, "shop_id": shop_id, "is_default": True}
        edit.store(location, {"location_id": location_id}, values, False)
    edit.feed.put_if_changed(LocationRecord(location_id, name, shop_id, True), shop_id)


def location_views(connection: Connection) -> list[LocationView]:
    rows = connection.execute(select(location).order_by(location.c.location_code)).all()
    codes = shop_codes(connection)
    return [_location_view(row, codes) for row in rows]


def location_view(connection: Connection, location_code: str) -> LocationView:
    row = row_of(connection, location.c.location_code, location_code, "location")
    return _location_view(row, shop_codes(connection))


def _location_view(row: AnyRow, codes: dict[str | None, str | None]) -> LocationView:
    fields = {name: getattr(row, name) for name in ("location_code", "location_id", "name")}
    return LocationView(**fields, shop=codes[row.shop_id] or "", default=row.is_default)


def put_location(edit: Editing, location_code: str, given: LocationEdit) -> Outcome:
    """Raises BadCell. A location with stock stays with its shop."""
    location_code = checked_code("location_code", location_code)
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    shop_id = id_of(edit.connection, shop.c.shop_id, shop.c.shop_code, given.shop, "shop")
    present = edit.row(location, location_code=location_code)
    if present is not None and present.shop_id != shop_id:
        _require_free_to_move(edit, present)
    if present is not None and present.is_default and not given.default:
        raise BadCell(
            "no_default", f"location {location_code} is its shop's default: make another one the default"
        )
    location_id = str(present.location_id) if present else edit.new_id()
    if given.default:
        _retire_default(edit, shop_id, location_id)
    values: dict[str, object] = {
        "location_code": location_code,
        "name": name,
        "shop_id": shop_id,
        "is_default": given.default,
    }
    edit.store(location, {"location_id": location_id}, values, present is not None)
    record = LocationRecord(location_id, name, shop_id, given.default)
    has_changed = edit.feed.put_if_changed(record, shop_id)
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def _require_free_to_move(edit: Editing, present: AnyRow) -> None:
    has_stock = edit.connection.execute(
        select(exists().where(stock.c.location_id == present.location_id))
    ).scalar_one()
    if has_stock or present.is_default:
        raise BadCell("location_in_use", "a location that has stock or is a default stays with its shop")


def _retire_default(edit: Editing, shop_id: str, but_location_id: str) -> None:
    others = edit.connection.execute(
        select(location).where(
            location.c.shop_id == shop_id, location.c.is_default, location.c.location_id != but_location_id
        )
    ).all()
    for row in others:
        edit.connection.execute(
            update(location).where(location.c.location_id == row.location_id).values(is_default=False)
        )
        edit.feed.put_if_changed(LocationRecord(row.location_id, row.name, shop_id, False), shop_id)
