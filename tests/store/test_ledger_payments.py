"""Payments at card terminals as rows: begun once, ended, found again, and told of while somebody must act."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from tests.store.builders import NOON, SESSION, a_ledger
from till_app.services.ports import PaymentAttempt, PaymentPurpose, PaymentState
from till_app.store.ledger import SqliteLedger
from till_app.store.ledger_write import WrongUse


def an_attempt(attempt_id: str, **fields: object) -> PaymentAttempt:
    values: dict[str, object] = {
        "attempt_id": attempt_id,
        "basket_uuid": "basket",
        "purpose": PaymentPurpose.PURCHASE,
        "reference": f"2-{attempt_id}",
        "amount_minor": 330,
        "currency": "GBP",
        "operator_id": "aisha",
        "session_id": SESSION,
        "started_at": NOON,
        "terminal": "zvt",
    }
    return PaymentAttempt(**(values | fields))  # type: ignore[arg-type]


def begin(ledger: SqliteLedger, *attempts: PaymentAttempt) -> None:
    with ledger.write() as write:
        for attempt in attempts:
            write.begin_payment(attempt)
        write.commit()


def end(ledger: SqliteLedger, attempt: PaymentAttempt) -> None:
    with ledger.write() as write:
        write.end_payment(attempt)
        write.commit()


def test_a_payment_is_open_from_its_beginning_to_its_outcome(tmp_path: Path) -> None:
    attempt = an_attempt("a")
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        begin(ledger, attempt)
    with a_ledger(tmp_path / "ledger.sqlite") as ledger:
        assert ledger.open_payments() == [attempt]
        unknown = replace(attempt, state=PaymentState.UNKNOWN, reason="timeout")
        end(ledger, unknown)
        assert ledger.open_payments() == [unknown]
        approved = replace(
            unknown,
            state=PaymentState.APPROVED,
            approved_minor=330,
            ended_at=NOON,
            terminal_reference="0042",
            authorisation="123456",
            scheme="Visa",
            customer_copy="CUSTOMER COPY\nTOTAL 3.30",
        )
        end(ledger, approved)
        assert ledger.open_payments() == []
        assert ledger.payment("a") == approved
        assert ledger.payment("b") is None


def test_no_reference_is_given_to_a_terminal_twice(ledger: SqliteLedger) -> None:
    begin(ledger, an_attempt("a"))
    with pytest.raises(IntegrityError):
        begin(ledger, an_attempt("b", reference="2-a"))


def test_what_was_never_begun_cannot_end(ledger: SqliteLedger) -> None:
    with pytest.raises(WrongUse, match="no payment a"):
        end(ledger, an_attempt("a"))


def test_a_baskets_payments_come_in_their_order(ledger: SqliteLedger) -> None:
    later = an_attempt("a", started_at="2026-11-24T12:00:01.000000Z")
    begin(ledger, later, an_attempt("b"), an_attempt("c", basket_uuid="another"))
    assert ledger.payments_of_basket("basket") == [an_attempt("b"), later]


def test_money_that_no_sale_has_is_told_of_until_it_went_back(ledger: SqliteLedger) -> None:
    taken = an_attempt("a", state=PaymentState.APPROVED, approved_minor=330)
    placed = an_attempt("b", state=PaymentState.APPROVED, approved_minor=330, ended_at=NOON)
    declined = an_attempt("c", state=PaymentState.DECLINED)
    begin(ledger, taken, placed, declined)
    assert ledger.payments_without_sale() == [taken]
    with ledger.write() as write:
        write.end_payment(replace(taken, state=PaymentState.REVERSED, ended_at=NOON))
        write.commit()
    assert ledger.payments_without_sale() == []
