"""Promotions: what they take off which items, in which shop and when."""

import msgspec
from sqlalchemy import Connection, Table, delete, insert, select

from till_app.domain.promotions import Promotion, PromotionKind
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, checked_code, row_of
from till_app.hub.catalogue.shops import shop_codes, shop_id_of
from till_app.hub.cells import (
    MAX_CODE_LENGTH,
    MAX_NAME_LENGTH,
    BadCell,
    checked_choice,
    checked_days,
    checked_text,
)
from till_app.hub.feed import FeedWriter
from till_app.hub.tables import department, item, promotion, promotion_department, promotion_item
from till_app.wire.changes import PromotionRecord

MAX_PROMOTED = 2_000
"""Items of one promotion; for more there are departments."""
MAX_QUANTITY = 1_000
MAX_VALUE = 10**9
_CODES_AT_ONCE = 500


class PromotionEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A promotion, whole."""

    name: str
    kind: str
    """`percent_off`: `value` basis points off each. `amount_off`: `value` minor units off each.
    `multibuy_price`: each `quantity` cost `value` together. `cheapest_free`: of each `quantity` the
    cheapest is free."""
    quantity: int = 1
    value: int = 0
    shop: str | None = None
    """Its code; null: every shop."""
    valid_from: str | None = None
    """Days, ISO, both included; null is open-ended."""
    valid_until: str | None = None
    items: list[str] = []
    """Their codes."""
    departments: list[str] = []
    """All items of these take part."""


class PromotionView(msgspec.Struct, frozen=True):
    promotion_code: str
    promotion_id: str
    name: str
    kind: str
    quantity: int
    value: int
    shop: str | None
    valid_from: str | None
    valid_until: str | None
    items: list[str]
    departments: list[str]


def promotion_views(connection: Connection) -> list[PromotionView]:
    rows = connection.execute(select(promotion).order_by(promotion.c.promotion_code)).all()
    codes = shop_codes(connection)
    return [_view(connection, row, codes) for row in rows]


def promotion_view(connection: Connection, code: str) -> PromotionView:
    """Raises Refused 404."""
    row = row_of(connection, promotion.c.promotion_code, code, "promotion")
    return _view(connection, row, shop_codes(connection))


def _view(connection: Connection, row: AnyRow, codes: dict[str | None, str | None]) -> PromotionView:
    names = (
        "promotion_code",
        "promotion_id",
        "name",
        "kind",
        "quantity",
        "value",
        "valid_from",
        "valid_until",
    )
    items = connection.execute(
        select(item.c.item_code)
        .join(promotion_item, promotion_item.c.item_id == item.c.item_id)
        .where(promotion_item.c.promotion_id == row.promotion_id)
        .order_by(item.c.item_code)
    ).scalars()
    departments = connection.execute(
        select(department.c.code)
        .join(promotion_department, promotion_department.c.department_id == department.c.department_id)
        .where(promotion_department.c.promotion_id == row.promotion_id)
        .order_by(department.c.code)
    ).scalars()
    return PromotionView(
        shop=codes[row.shop_id],
        items=list(items),
        departments=list(departments),
        **{name: getattr(row, name) for name in names},
    )


def put_promotion(edit: Editing, code: str, given: PromotionEdit) -> Outcome:
    """Raises BadCell."""
    code = checked_code("promotion_code", code)
    values: dict[str, object] = {"promotion_code": code, **_values(edit, given)}
    item_ids = _ids(edit.connection, item, "item_id", "item_code", given.items, "item")
    department_ids = _ids(
        edit.connection, department, "department_id", "code", given.departments, "department"
    )
    present = edit.row(promotion, promotion_code=code)
    promotion_id = str(present.promotion_id) if present else edit.new_id()
    edit.store(promotion, {"promotion_id": promotion_id}, values, present is not None)
    for table, column, ids in (
        (promotion_item, "item_id", item_ids),
        (promotion_department, "department_id", department_ids),
    ):
        edit.connection.execute(delete(table).where(table.c.promotion_id == promotion_id))
        if ids:
            rows = [{"promotion_id": promotion_id, column: each} for each in ids]
            edit.connection.execute(insert(table), rows)
    row = edit.row(promotion, promotion_id=promotion_id)
    assert row is not None
    has_changed = edit.feed.put_if_changed(_record(edit.connection, row), row.shop_id or "")
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def _values(edit: Editing, given: PromotionEdit) -> dict[str, object]:
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    kind = PromotionKind(checked_choice("kind", given.kind, tuple(PromotionKind)))
    if given.quantity > MAX_QUANTITY or given.value > MAX_VALUE:
        raise BadCell("out_of_range", f"quantity is beyond {MAX_QUANTITY} or value beyond {MAX_VALUE}")
    try:
        Promotion("", name, kind, given.quantity, given.value)
    except ValueError as error:
        raise BadCell("promotion_impossible", str(error)) from error
    if not given.items and not given.departments:
        raise BadCell("nothing_promoted", "a promotion names items or departments")
    days = checked_days(given.valid_from or "", given.valid_until or "")
    return {
        "name": name,
        "shop_id": shop_id_of(edit.connection, given.shop),
        "kind": kind.value,
        "quantity": given.quantity,
        "value": given.value,
        "valid_from": days[0],
        "valid_until": days[1],
    }


def _ids(
    connection: Connection, table: Table, id_name: str, code_name: str, codes: list[str], words: str
) -> list[str]:
    wanted = sorted({checked_code(words, code) for code in codes})
    if len(wanted) > MAX_PROMOTED:
        raise BadCell("too_many", f"a promotion names at most {MAX_PROMOTED} {words}s")
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _CODES_AT_ONCE):
        part = wanted[start : start + _CODES_AT_ONCE]
        columns = (table.c[code_name], table.c[id_name])
        found |= dict(connection.execute(select(*columns).where(columns[0].in_(part))).all())
    missing = next((code for code in wanted if code not in found), None)
    if missing is not None:
        raise BadCell(f"unknown_{words}", f"there is no {words} {missing[:MAX_CODE_LENGTH]!r}")
    return [found[code] for code in wanted]


def _record(connection: Connection, row: AnyRow) -> PromotionRecord:
    item_ids, department_ids = (
        list(
            connection.execute(
                select(table.c[column])
                .where(table.c.promotion_id == row.promotion_id)
                .order_by(table.c[column])
            ).scalars()
        )
        for table, column in ((promotion_item, "item_id"), (promotion_department, "department_id"))
    )
    return PromotionRecord(
        row.promotion_id,
        row.name,
        row.kind,
        row.valid_from,
        row.valid_until,
        row.quantity,
        row.value,
        item_ids,
        department_ids,
    )


def remove_promotion(edit: Editing, code: str) -> bool:
    """Whether there was one."""
    present = edit.row(promotion, promotion_code=code)
    if present is None:
        return False
    for table in (promotion_item, promotion_department, promotion):
        edit.connection.execute(delete(table).where(table.c.promotion_id == present.promotion_id))
    edit.feed.remove_everywhere("promotion", present.promotion_id)
    return True


def drop_item_from_promotions(connection: Connection, feed: FeedWriter, item_id: str) -> None:
    """Before the item goes. A promotion that is left without any goes too."""
    naming = select(promotion_item.c.promotion_id).where(promotion_item.c.item_id == item_id)
    rows = connection.execute(select(promotion).where(promotion.c.promotion_id.in_(naming))).all()
    connection.execute(delete(promotion_item).where(promotion_item.c.item_id == item_id))
    for row in rows:
        record = _record(connection, row)
        if record.item_ids or record.department_ids:
            feed.put_if_changed(record, row.shop_id or "")
        else:
            connection.execute(delete(promotion).where(promotion.c.promotion_id == row.promotion_id))
            feed.remove_everywhere("promotion", row.promotion_id)
