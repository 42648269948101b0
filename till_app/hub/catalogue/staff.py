"""Who may sign on at the tills: roles, PIN hashes, and at which shop."""

import msgspec
from argon2 import PasswordHasher, Type
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import Connection, delete, select

from till_app.domain.catalogue import Role
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, checked_code, row_of
from till_app.hub.catalogue.shops import shop_codes, shop_id_of
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_choice, checked_text
from till_app.hub.tables import staff
from till_app.wire.changes import StaffRecord

_MIN_PIN_DIGITS = 4
_MAX_PIN_DIGITS = 8


class StaffEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of staff, whole."""

    name: str
    role: str
    """`cashier`, `supervisor`, `manager` or `installer`."""
    pin: str = ""
    """Empty: the one they have stays."""
    active: bool | None = None
    """Null: as it is; somebody new is active."""
    shop: str | None = None
    """Its code; null: may sign on in every one."""


class StaffView(msgspec.Struct, frozen=True):
    staff_code: str
    staff_id: str
    name: str
    role: str
    active: bool
    shop: str | None


def staff_views(connection: Connection) -> list[StaffView]:
    codes = shop_codes(connection)
    return [_view(row, codes) for row in connection.execute(select(staff).order_by(staff.c.staff_code))]


def staff_view(connection: Connection, code: str) -> StaffView:
    """Raises Refused 404."""
    return _view(row_of(connection, staff.c.staff_code, code, "member of staff"), shop_codes(connection))


def _view(row: AnyRow, codes: dict[str | None, str | None]) -> StaffView:
    return StaffView(row.staff_code, row.staff_id, row.name, row.role, row.active, codes[row.shop_id])


def put_staff(edit: Editing, code: str, given: StaffEdit) -> Outcome:
    """Raises BadCell."""
    code = checked_code("staff_code", code)
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    role = checked_choice("role", given.role, tuple(Role))
    pin = checked_text("pin", given.pin, 64)
    shop_id = shop_id_of(edit.connection, given.shop)
    present = edit.row(staff, staff_code=code)
    pin_hash = _pin_hash(pin, str(present.pin_hash) if present else None)
    staff_id = str(present.staff_id) if present else edit.new_id()
    was_active = bool(present.active) if present else True
    record = StaffRecord(
        staff_id, code, name, role, pin_hash, was_active if given.active is None else given.active
    )
    values: dict[str, object] = {
        field: getattr(record, field) for field in record.__struct_fields__ if field != "staff_id"
    }
    edit.store(staff, {"staff_id": staff_id}, values | {"shop_id": shop_id}, present is not None)
    has_changed = edit.feed.put_if_changed(record, shop_id or "")
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def remove_staff(edit: Editing, code: str) -> bool:
    """Whether there was one; what they did stays in the journals."""
    present = edit.row(staff, staff_code=code)
    if present is None:
        return False
    edit.connection.execute(delete(staff).where(staff.c.staff_id == present.staff_id))
    edit.feed.remove_everywhere("staff", present.staff_id)
    return True


def _pin_hash(pin: str, present_hash: str | None) -> str:
    """The hash of a PIN; an empty PIN, or the same one again, keeps the present hash."""
    if not pin and present_hash is not None:
        return present_hash
    if not (pin.isascii() and pin.isdigit() and _MIN_PIN_DIGITS <= len(pin) <= _MAX_PIN_DIGITS):
        raise BadCell("pin_malformed", f"pin is not {_MIN_PIN_DIGITS} to {_MAX_PIN_DIGITS} digits")
    # OWASP's parameters for argon2id: about 25 ms on a till.
    hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1, type=Type.ID)
    if present_hash is not None:
        try:
            hasher.verify(present_hash, pin)
        except VerifyMismatchError:
            pass
        else:
            return present_hash
    return hasher.hash(pin)
