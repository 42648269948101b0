"""VAT codes and their rates, each until the day on which the next one begins."""

import msgspec
from sqlalchemy import Connection, delete, insert, select

from till_app.domain.tax import VatKind, VatRate
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, row_of
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_choice, checked_day, checked_text
from till_app.hub.tables import vat_rate, vat_rate_change
from till_app.wire.changes import VatRateRecord

MAX_CODE_LENGTH = 2
"""It is printed beside each line."""
_MAX_CHANGES = 50


class VatChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    valid_from: str
    """A day, ISO."""
    rate_bp: int


class VatEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A VAT code, whole."""

    name: str
    kind: str
    """`standard`, `reduced`, `zero`, `exempt` or `outside`."""
    rate_bp: int
    """Until the first of `changes`."""
    changes: list[VatChange] = []


class VatView(msgspec.Struct, frozen=True):
    code: str
    name: str
    kind: str
    rate_bp: int
    changes: list[VatChange]


def vat_views(connection: Connection) -> list[VatView]:
    rows = connection.execute(select(vat_rate).order_by(vat_rate.c.code)).all()
    return [_view(connection, row) for row in rows]


def vat_view(connection: Connection, code: str) -> VatView:
    """Raises Refused 404."""
    return _view(connection, row_of(connection, vat_rate.c.code, code, "VAT code"))


def _view(connection: Connection, row: AnyRow) -> VatView:
    changes = [VatChange(*change) for change in changes_of(connection, row.code)]
    return VatView(row.code, row.name, row.kind, row.rate_bp, changes)


def changes_of(connection: Connection, code: str) -> list[tuple[str, int]]:
    """Day and rate, in order."""
    change = vat_rate_change.c
    rows = connection.execute(
        select(change.valid_from, change.rate_bp).where(change.code == code).order_by(change.valid_from)
    )
    return [(row.valid_from, row.rate_bp) for row in rows]


def put_vat_rate(edit: Editing, code: str, given: VatEdit) -> Outcome:
    """Raises BadCell."""
    code = checked_text("code", code, MAX_CODE_LENGTH, required=True)
    name = checked_text("name", given.name, MAX_NAME_LENGTH, required=True)
    kind = checked_choice("kind", given.kind, tuple(VatKind))
    if len(given.changes) > _MAX_CHANGES:
        raise BadCell("too_many", f"a VAT code has at most {_MAX_CHANGES} changes")
    changes = sorted((_day(change.valid_from), change.rate_bp) for change in given.changes)
    try:
        VatRate(code, name, VatKind(kind), given.rate_bp, tuple(changes))
    except ValueError as error:
        raise BadCell("rate_impossible", str(error)) from error
    present = edit.row(vat_rate, code=code)
    values: dict[str, object] = {"name": name, "kind": kind, "rate_bp": given.rate_bp}
    edit.store(vat_rate, {"code": code}, values, present is not None)
    edit.connection.execute(delete(vat_rate_change).where(vat_rate_change.c.code == code))
    if changes:
        edit.connection.execute(
            insert(vat_rate_change),
            [{"code": code, "valid_from": day, "rate_bp": rate_bp} for day, rate_bp in changes],
        )
    has_changed = edit.feed.put_if_changed(VatRateRecord(code, name, kind, given.rate_bp, changes))
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def _day(raw: str) -> str:
    day = checked_day("valid_from", raw)
    if day is None:
        raise BadCell("missing", "valid_from is empty")
    return day
