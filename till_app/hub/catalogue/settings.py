"""What the hub decides for its tills by name: for every shop, or for one.

A till reads each name once: its shop gets the value that holds there, whether its own or every shop's.
"""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, delete, select

from till_app.domain.catalogue import Setting
from till_app.domain.shop_settings import problem_with, settings_from
from till_app.hub.catalogue.editing import Editing, Outcome, checked_code, not_found
from till_app.hub.cells import BadCell, checked_text
from till_app.hub.tables import setting, shop
from till_app.wire.changes import SettingRecord

_MAX_VALUE_LENGTH = 4_000
"""A table of label layouts is some hundred characters long."""


class SettingEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    value: str


class SettingView(msgspec.Struct, frozen=True):
    name: str
    shop: str | None
    """Its code; null: every shop that has no value of its own."""
    value: str


def setting_views(connection: Connection) -> list[SettingView]:
    rows = connection.execute(
        select(setting.c.name, shop.c.shop_code, setting.c.value)
        .join_from(setting, shop, shop.c.shop_id == setting.c.shop_id, isouter=True)
        .order_by(setting.c.name, setting.c.shop_id)
    )
    return [SettingView(row.name, row.shop_code, row.value) for row in rows]


def setting_view(connection: Connection, name: str, shop_code: str | None) -> SettingView:
    """Raises Refused 404."""
    for view in setting_views(connection):
        if (view.name, view.shop) == (name, shop_code):
            return view
    raise not_found("setting", name)


def _value(connection: Connection, name: str, shop_id: str | None) -> str | None:
    if "\0" in name:
        return None
    return connection.execute(
        select(setting.c.value).where(setting.c.name == name, setting.c.shop_id == (shop_id or ""))
    ).scalar()


def put_setting(edit: Editing, name: str, shop_id: str | None, given: SettingEdit) -> Outcome:
    """Raises BadCell."""
    name = checked_code("name", name)
    value = checked_text("value", given.value, _MAX_VALUE_LENGTH)
    if settings_from([Setting(name, value)])[1]:
        why = problem_with(Setting(name, value)) or repr(value)
        raise BadCell("value_impossible", f"that is no value of the setting {name}: {why}")
    present = _value(edit.connection, name, shop_id)
    key: dict[str, object] = {"name": name, "shop_id": shop_id or ""}
    edit.store(setting, key, {"value": value}, present is not None)
    _publish(edit, [name], [shop_id] if shop_id else _all_shops(edit.connection))
    return edit.outcome(is_known=present is not None, has_changed=present != value)


def remove_setting(edit: Editing, name: str, shop_id: str | None) -> bool:
    """Whether there was one."""
    present = _value(edit.connection, name, shop_id)
    if present is None:
        return False
    edit.connection.execute(
        delete(setting).where(setting.c.name == name, setting.c.shop_id == (shop_id or ""))
    )
    _publish(edit, [name], [shop_id] if shop_id else _all_shops(edit.connection))
    return True


def publish_settings(edit: Editing, shop_ids: Iterable[str]) -> None:
    """All that hold at these shops."""
    names = edit.connection.execute(select(setting.c.name).distinct().order_by(setting.c.name)).scalars()
    _publish(edit, names.all(), shop_ids)


def _all_shops(connection: Connection) -> list[str]:
    return list(connection.execute(select(shop.c.shop_id).order_by(shop.c.shop_id)).scalars())


def _publish(edit: Editing, names: Iterable[str], shop_ids: Iterable[str]) -> None:
    shops = list(shop_ids)
    for name in names:
        values = dict(
            edit.connection.execute(
                select(setting.c.shop_id, setting.c.value).where(setting.c.name == name)
            ).all()
        )
        for shop_id in shops:
            value = values.get(shop_id, values.get(""))
            if value is None:
                edit.feed.remove("setting", name, shop_id)
            else:
                edit.feed.put_if_changed(SettingRecord(name, value), shop_id, is_one_of_many=True)
