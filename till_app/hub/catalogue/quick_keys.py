"""Quick keys: which item lies on which position of which page, in every shop or in one."""

import msgspec
from sqlalchemy import Connection, delete, func, select

from till_app.hub.catalogue.departments import checked_position
from till_app.hub.catalogue.editing import Editing, Outcome, id_of, not_found
from till_app.hub.catalogue.shops import shop_codes
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_text
from till_app.hub.tables import item, quick_key
from till_app.wire.changes import QuickKeyRecord


class QuickKeyEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quick key, whole, but for its place."""

    item_code: str
    label: str = ""
    """Empty: the item's name."""
    page_position: int | None = None
    """Of the page among the pages; null: where it is, a new page comes last."""


class QuickKeyView(msgspec.Struct, frozen=True):
    page: str
    page_position: int
    position: int
    shop: str | None
    item_code: str
    label: str


def quick_key_views(connection: Connection) -> list[QuickKeyView]:
    keys = quick_key.c
    rows = connection.execute(
        select(quick_key, item.c.item_code)
        .join(item, item.c.item_id == keys.item_id)
        .order_by(keys.shop_id, keys.page_position, keys.position)
    ).all()
    codes = shop_codes(connection)
    return [
        QuickKeyView(row.page, row.page_position, row.position, codes[row.shop_id], row.item_code, row.label)
        for row in rows
    ]


def quick_key_view(connection: Connection, page: str, position: int, shop_code: str | None) -> QuickKeyView:
    """Raises Refused 404."""
    for view in quick_key_views(connection):
        if (view.page, view.position, view.shop) == (page, position, shop_code):
            return view
    raise not_found(f"quick key {position} of page", page)


def put_quick_key(
    edit: Editing, page: str, position: int, shop_id: str | None, given: QuickKeyEdit
) -> Outcome:
    """Raises BadCell. A shop has no key of its own where every shop has one."""
    page = checked_text("page", page, MAX_NAME_LENGTH, required=True)
    position = checked_position("position", position, 1)
    label = checked_text("label", given.label, MAX_NAME_LENGTH)
    item_id = id_of(edit.connection, item.c.item_id, item.c.item_code, given.item_code, "item")
    scope, keys = shop_id or "", quick_key.c
    place = (keys.page == page) & (keys.position == position)
    clashing = (keys.shop_id == "") if scope else (keys.shop_id != "")
    if edit.connection.execute(select(keys.quick_key_id).where(place, clashing)).first():
        raise BadCell("taken", f"position {position} of page {page} is taken by {_other(scope)}")
    present = edit.connection.execute(select(quick_key).where(place, keys.shop_id == scope)).first()
    quick_key_id = str(present.quick_key_id) if present else edit.new_id()
    page_position = checked_position(
        "page_position", given.page_position or _page_position(edit.connection, page), 1
    )
    if not label:
        label = edit.connection.execute(select(item.c.name).where(item.c.item_id == item_id)).scalar_one()
    record = QuickKeyRecord(quick_key_id, page, page_position, position, item_id, label)
    values: dict[str, object] = {
        name: getattr(record, name) for name in record.__struct_fields__ if name != "quick_key_id"
    }
    values["shop_id"] = scope
    edit.store(quick_key, {"quick_key_id": quick_key_id}, values, present is not None)
    has_changed = edit.feed.put_if_changed(record, scope)
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def _other(scope: str) -> str:
    return "a key of every shop" if scope else "a shop's own key"


def _page_position(connection: Connection, page: str) -> int:
    keys = quick_key.c
    present = connection.execute(select(func.min(keys.page_position)).where(keys.page == page)).scalar()
    last = connection.execute(select(func.max(keys.page_position))).scalar()
    return int(present if present is not None else (last or 0) + 1)


def remove_quick_key(edit: Editing, page: str, position: int, shop_id: str | None) -> bool:
    """Whether there was one."""
    present = edit.row(quick_key, page=page, position=position, shop_id=shop_id or "")
    if present is None:
        return False
    edit.connection.execute(delete(quick_key).where(quick_key.c.quick_key_id == present.quick_key_id))
    edit.feed.remove_everywhere("quick_key", present.quick_key_id)
    return True
