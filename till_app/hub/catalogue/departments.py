"""Departments, by which items are grouped and reported."""

import msgspec
from sqlalchemy import Connection, delete, exists, select

from till_app.hub.catalogue.editing import Editing, Outcome, checked_code, row_of
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_text
from till_app.hub.tables import department, item, promotion_department
from till_app.wire.changes import DepartmentRecord

MAX_POSITION = 9_999


class DepartmentEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A department, whole."""

    name: str
    position: int


class DepartmentView(msgspec.Struct, frozen=True):
    code: str
    department_id: str
    name: str
    position: int


def department_views(connection: Connection) -> list[DepartmentView]:
    rows = connection.execute(select(department).order_by(department.c.position, department.c.code))
    return [DepartmentView(row.code, row.department_id, row.name, row.position) for row in rows]


def department_view(connection: Connection, code: str) -> DepartmentView:
    """Raises Refused 404."""
    row = row_of(connection, department.c.code, code, "department")
    return DepartmentView(row.code, row.department_id, row.name, row.position)


def checked_position(column: str, position: int, least: int = 0) -> int:
    if not least <= position <= MAX_POSITION:
        raise BadCell("out_of_range", f"{column} is outside {least} to {MAX_POSITION}")
    return position


def put_department(edit: Editing, code: str, given: DepartmentEdit) -> Outcome:
    """Raises BadCell."""
    code = checked_code("code", code)
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    position = checked_position("position", given.position)
    present = edit.row(department, code=code)
    department_id = str(present.department_id) if present else edit.new_id()
    values: dict[str, object] = {"code": code, "name": name, "position": position}
    edit.store(department, {"department_id": department_id}, values, present is not None)
    has_changed = edit.feed.put_if_changed(DepartmentRecord(department_id, name, position))
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def remove_department(edit: Editing, code: str) -> bool:
    """Whether there was one. Raises BadCell while items or promotions are in it."""
    present = edit.row(department, code=code)
    if present is None:
        return False
    for table, words in ((item, "items"), (promotion_department, "promotions")):
        is_used = exists().where(table.c.department_id == present.department_id)
        if edit.connection.execute(select(is_used)).scalar_one():
            raise BadCell("in_use", f"department {code} still has {words}")
    edit.connection.execute(delete(department).where(department.c.code == code))
    edit.feed.remove("department", present.department_id)
    return True
