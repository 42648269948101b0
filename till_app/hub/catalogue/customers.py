"""Customers with their price lists, balances and credit limits."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, select

from till_app.domain.times import to_text
from till_app.hub.catalogue.editing import AnyRow, Editing, Outcome, checked_code, id_of, row_of
from till_app.hub.cells import MAX_NAME_LENGTH, BadCell, checked_lines, checked_phone, checked_text
from till_app.hub.tables import customer, price_list
from till_app.wire.changes import CustomerRecord

MAX_BALANCE_MINOR = 10**11
MAX_LISTED = 500
_MAX_NOTE_LENGTH = 2_000


class CustomerEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A customer, whole."""

    name: str
    email: str = ""
    phone: str = ""
    address: list[str] = []
    price_list: str | None = None
    """Its code."""
    balance_minor: int = 0
    """What the customer owes; negative: has in hand."""
    credit_limit_minor: int = 0
    note: str = ""
    active: bool = True


class CustomerView(msgspec.Struct, frozen=True):
    customer_code: str
    customer_id: str
    name: str
    email: str
    phone: str
    address: list[str]
    price_list: str | None
    balance_minor: int
    credit_limit_minor: int
    balance_at: str
    note: str
    active: bool


def customer_views(connection: Connection, after: str, limit: int) -> list[CustomerView]:
    """In order of code, those after one."""
    if "\0" in after:
        return []
    rows = connection.execute(
        select(customer)
        .where(customer.c.customer_code > after)
        .order_by(customer.c.customer_code)
        .limit(min(limit, MAX_LISTED))
    ).all()
    return _views(connection, rows)


def customer_view(connection: Connection, code: str) -> CustomerView:
    """Raises Refused 404."""
    return _views(connection, [row_of(connection, customer.c.customer_code, code, "customer")])[0]


def _views(connection: Connection, rows: Sequence[AnyRow]) -> list[CustomerView]:
    lists = {row.price_list_id for row in rows}
    codes: dict[str | None, str | None] = {None: None}
    codes |= dict(
        connection.execute(
            select(price_list.c.price_list_id, price_list.c.price_list_code).where(
                price_list.c.price_list_id.in_(lists)
            )
        ).all()
    )
    records = (customer_record(row) for row in rows)
    names = [name for name in CustomerView.__struct_fields__ if name != "price_list"]
    return [
        CustomerView(
            price_list=codes[record.price_list_id], **{name: getattr(record, name) for name in names}
        )
        for record in records
    ]


def customer_record(row: AnyRow) -> CustomerRecord:
    """Of a row of `customer`."""
    fields = {name: getattr(row, name) for name in CustomerRecord.__struct_fields__}
    return CustomerRecord(**{**fields, "address": row.address.split("\n") if row.address else []})


def put_customer(edit: Editing, code: str, given: CustomerEdit) -> Outcome:
    """Raises BadCell. The balance's moment is that of its last change."""
    code = checked_code("customer_code", code)
    for column, amount in (("balance", given.balance_minor), ("credit_limit", given.credit_limit_minor)):
        if abs(amount) > MAX_BALANCE_MINOR or (column == "credit_limit" and amount < 0):
            raise BadCell("out_of_range", f"{column} is out of range")
    present = edit.row(customer, customer_code=code)
    customer_id = str(present.customer_id) if present else edit.new_id()
    is_same_balance = present is not None and present.balance_minor == given.balance_minor
    columns = price_list.c
    values: dict[str, object] = {
        "customer_code": code,
        "name": checked_text("name", given.name, MAX_NAME_LENGTH, required=True),
        "email": checked_text("email", given.email, MAX_NAME_LENGTH),
        "phone": checked_phone("phone", given.phone, MAX_NAME_LENGTH),
        "address": checked_lines("address", "\n".join(given.address), _MAX_NOTE_LENGTH),
        "price_list_id": id_of(
            edit.connection, columns.price_list_id, columns.price_list_code, given.price_list, "price list"
        )
        if given.price_list
        else None,
        "balance_minor": given.balance_minor,
        "credit_limit_minor": given.credit_limit_minor,
        "balance_at": str(present.balance_at) if present and is_same_balance else to_text(edit.now),
        "note": checked_lines("note", given.note, _MAX_NOTE_LENGTH),
        "active": given.active,
    }
    edit.store(customer, {"customer_id": customer_id}, values, present is not None)
    row = edit.row(customer, customer_id=customer_id)
    assert row is not None
    has_changed = edit.feed.put_if_changed(customer_record(row))
    return edit.outcome(is_known=present is not None, has_changed=has_changed)


def remove_customer(edit: Editing, code: str) -> bool:
    """Whether there was one; sales keep who it was."""
    present = edit.row(customer, customer_code=code)
    if present is None:
        return False
    edit.connection.execute(delete(customer).where(customer.c.customer_id == present.customer_id))
    edit.feed.remove("customer", present.customer_id)
    return True
