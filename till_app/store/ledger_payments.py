"""Payments at card terminals as rows: begun before the terminal hears of them, ended with what it said."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, bindparam, exists, insert, or_, select, text, update
from sqlalchemy.dialects.sqlite import insert as upsert

from till_app.services.ports import PaymentAttempt, PaymentPurpose, PaymentState
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess

_FIELDS = tuple(field.name for field in fields(PaymentAttempt))
_OUTCOME_FIELDS = (
    "state",
    "approved_minor",
    "ended_at",
    "reason",
    "terminal_reference",
    "authorisation",
    "scheme",
)
_a = t.payment_attempt.c
_ADD = insert(t.payment_attempt)
_END = update(t.payment_attempt).where(_a.attempt_id == bindparam("of_attempt_id"))
_again = upsert(t.payment_attempt)
_ADD_OR_END = _again.on_conflict_do_update(
    index_elements=["attempt_id"], set_={name: _again.excluded[name] for name in _OUTCOME_FIELDS}
)
_IN_ORDER = (_a.started_at, _a.attempt_id)
_OPEN = select(t.payment_attempt).where(text(t.OPEN_PAYMENT)).order_by(*_IN_ORDER)
_ONE = select(t.payment_attempt).where(_a.attempt_id == bindparam("of_attempt_id"))
_OF_BASKET = select(t.payment_attempt).where(_a.basket_uuid == bindparam("of_basket")).order_by(*_IN_ORDER)
_WITHOUT_SALE = (
    select(t.payment_attempt)
    .where(
        _a.ended_at.is_(None),
        _a.approved_minor > 0,
        or_(_a.state == PaymentState.APPROVED, _a.state == PaymentState.SETTLED_BY_HAND),
        _a.purpose != PaymentPurpose.REVERSAL,
        ~exists().where(t.sale_tender.c.tender_id == _a.attempt_id),
    )
    .order_by(*_IN_ORDER)
)


def begin_payment(connection: Connection, attempt: PaymentAttempt) -> None:
    connection.execute(_ADD, _row(attempt))


def end_payment(connection: Connection, attempt: PaymentAttempt) -> bool:
    """False when there is no such attempt."""
    row = _row(attempt)
    del row["attempt_id"]
    return connection.execute(_END, {"of_attempt_id": attempt.attempt_id, **row}).rowcount == 1


def restore_payment(connection: Connection, attempt: PaymentAttempt) -> None:
    """Add it, or give the one that is there this outcome."""
    connection.execute(_ADD_OR_END, _row(attempt))


class LedgerPayments(LedgerAccess):
    """Part of Ledger."""

    def open_payments(self) -> Sequence[PaymentAttempt]:
        return self._read(_OPEN)

    def payment(self, attempt_id: str) -> PaymentAttempt | None:
        return next(iter(self._read(_ONE, of_attempt_id=attempt_id)), None)

    def payments_of_basket(self, basket_uuid: str) -> Sequence[PaymentAttempt]:
        return self._read(_OF_BASKET, of_basket=basket_uuid)

    def payments_without_sale(self) -> Sequence[PaymentAttempt]:
        return self._read(_WITHOUT_SALE)

    def _read(self, statement: Any, **parameters: str) -> Sequence[PaymentAttempt]:
        with self._reading() as connection:
            return [_attempt(row) for row in connection.execute(statement, parameters)]


def _row(attempt: PaymentAttempt) -> dict[str, Any]:
    return {name: getattr(attempt, name) for name in _FIELDS}


def _attempt(row: Any) -> PaymentAttempt:
    values = {name: getattr(row, name) for name in _FIELDS}
    return PaymentAttempt(
        **(values | {"purpose": PaymentPurpose(row.purpose), "state": PaymentState(row.state)})
    )
