"""Texts at the head and foot of receipts, in every shop or in one, for a time or for good."""

import msgspec
from sqlalchemy import Connection, delete, select

from till_app.domain.catalogue import TextPlace
from till_app.hub.catalogue.departments import MAX_POSITION, checked_position
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, not_found
from till_app.hub.catalogue.shops import shop_codes
from till_app.hub.cells import checked_choice, checked_days, checked_text
from till_app.hub.tables import receipt_text
from till_app.wire.changes import ReceiptTextRecord

_MAX_TEXT_LENGTH = 500


class ReceiptTextEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A receipt text, whole, but for its place."""

    text: str
    valid_from: str | None = None
    """Days, ISO, both included; null is open-ended."""
    valid_until: str | None = None


class ReceiptTextView(msgspec.Struct, frozen=True):
    place: str
    position: int
    shop: str | None
    text: str
    valid_from: str | None
    valid_until: str | None


def receipt_text_views(connection: Connection) -> list[ReceiptTextView]:
    texts = receipt_text.c
    rows = connection.execute(
        select(receipt_text).order_by(texts.place.desc(), texts.position, texts.receipt_text_id)
    ).all()
    codes = shop_codes(connection)
    return [
        ReceiptTextView(
            row.place, row.position, codes[row.shop_id], row.text, row.valid_from, row.valid_until
        )
        for row in rows
    ]


def receipt_text_view(
    connection: Connection, place: str, position: int, shop_code: str | None
) -> ReceiptTextView:
    """Raises Refused 404."""
    for view in receipt_text_views(connection):
        if (view.place, view.position, view.shop) == (place, position, shop_code):
            return view
    raise not_found(f"receipt text {position} in the", place)


def put_receipt_text(
    edit: Editing, place: str, position: int, shop_id: str | None, given: ReceiptTextEdit
) -> Outcome:
    """Raises BadCell."""
    place = checked_choice("place", place, tuple(TextPlace))
    position = checked_position("position", position)
    text = checked_text("text", given.text, _MAX_TEXT_LENGTH, required=True)
    days = checked_days(given.valid_from or "", given.valid_until or "")
    present = _row(edit.connection, place, position, shop_id)
    receipt_text_id = str(present.receipt_text_id) if present else edit.new_id()
    values: dict[str, object] = {
        "shop_id": shop_id,
        "place": place,
        "position": position,
        "text": text,
        "valid_from": days[0],
        "valid_until": days[1],
    }
    edit.store(receipt_text, {"receipt_text_id": receipt_text_id}, values, present is not None)
    record = ReceiptTextRecord(receipt_text_id, place, position, text, *days)
    has_changed = edit.feed.put_if_changed(record, shop_id or "")
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def _row(connection: Connection, place: str, position: int, shop_id: str | None) -> AnyRow | None:
    if "\0" in place or not 0 <= position <= MAX_POSITION:
        return None
    texts = receipt_text.c
    is_shops = texts.shop_id.is_(None) if shop_id is None else texts.shop_id == shop_id
    return connection.execute(
        select(receipt_text).where(texts.place == place, texts.position == position, is_shops)
    ).first()


def remove_receipt_text(edit: Editing, place: str, position: int, shop_id: str | None) -> bool:
    """Whether there was one."""
    present = _row(edit.connection, place, position, shop_id)
    if present is None:
        return False
    edit.connection.execute(
        delete(receipt_text).where(receipt_text.c.receipt_text_id == present.receipt_text_id)
    )
    edit.feed.remove_everywhere("receipt_text", present.receipt_text_id)
    return True
