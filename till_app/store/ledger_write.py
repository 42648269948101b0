"""One transaction of the ledger: what a use case does in it is kept together or not at all."""

from collections.abc import Container, Sequence
from enum import StrEnum

from sqlalchemy import Connection, RootTransaction, bindparam, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketLine
from till_app.domain.catalogue import Customer
from till_app.domain.journal import JournalEntry
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, TillSession
from till_app.domain.tender import TenderLine
from till_app.services.ports import (
    ChainPosition,
    Fact,
    JournalPosition,
    PaymentAttempt,
    PinState,
    PrintJob,
    TillIdentity,
    TillNumbers,
)
from till_app.store import ledger_chain as newest
from till_app.store import ledger_payments as payments
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.ledger_write_journal import JournalWriter


class WrongUse(Exception):
    """The caller broke the rules of a ledger transaction; nothing of it is kept."""


class Number(StrEnum):
    """The columns of `till_state` that count."""

    RECEIPT = "receipt_counter"
    Z = "z_number"
    SESSION = "session_number"


_TAKE_NUMBER = {
    number: update(t.till_state)
    .values({number.value: t.till_state.c[number.value] + 1})
    .returning(t.till_state.c[number.value])
    for number in Number
}
_ADD_TO_GRAND_TOTAL = update(t.till_state).values(
    grand_total_minor=t.till_state.c.grand_total_minor + bindparam("amount_minor")
)
_ACKED = select(newest.ACKED_THROUGH)
_GRAND_TOTAL = select(t.till_state.c.grand_total_minor)
_NUMBERS = select(t.till_state.c.receipt_counter, t.till_state.c.z_number, t.till_state.c.session_number)
_ADD_SALE = insert(t.sale)
_ADD_LINES = insert(t.sale_line)
_ADD_TENDERS = insert(t.sale_tender)
_ADD_MOVEMENT = insert(t.drawer_movement)
_ADD_JOB = insert(t.print_job)
_OPEN_SESSION = insert(t.till_session)
_OF_OPEN_SESSION = (
    t.till_session.c.session_id == bindparam("of_session"),
    t.till_session.c.closed_at.is_(None),
)
_CLOSE_SESSION = update(t.till_session).where(*_OF_OPEN_SESSION)
_COUNT_VOIDED_BASKET = (
    update(t.till_session).where(*_OF_OPEN_SESSION).values(voided_baskets=t.till_session.c.voided_baskets + 1)
)
_COUNT_NO_SALE = (
    update(t.till_session).where(*_OF_OPEN_SESSION).values(no_sales=t.till_session.c.no_sales + 1)
)
_COUNT_COPY = (
    upsert(t.document_copies)
    .values(document=bindparam("document"), copies=1)
    .on_conflict_do_update(index_elements=["document"], set_={"copies": t.document_copies.c.copies + 1})
    .returning(t.document_copies.c.copies)
)
_basket = upsert(t.open_basket)
_SAVE_BASKET = _basket.on_conflict_do_update(
    index_elements=["id"],
    set_={
        name: _basket.excluded[name]
        for name in ("uuid", "opened_at", "age_checked", "customer_id", "customer_name")
    },
)
_line = upsert(t.open_basket_line)
_SAVE_BASKET_LINE = _line.on_conflict_do_update(
    index_elements=["basket_uuid", "line_number"], set_={"line": _line.excluded.line}
)
_ADD_BASKET_TENDERS = insert(t.open_basket_tender)
_CLEAR_TENDERS = delete(t.open_basket_tender)
_CLEAR_LINES = delete(t.open_basket_line)
_CLEAR_BASKET = delete(t.open_basket)
_LINES_OF_OTHERS = delete(t.open_basket_line).where(t.open_basket_line.c.basket_uuid != bindparam("uuid"))
_TENDERS_OF_OTHERS = delete(t.open_basket_tender).where(
    t.open_basket_tender.c.basket_uuid != bindparam("uuid")
)
_ADD_NEW_CUSTOMER = insert(t.new_customer)
_FORGET_NEW_CUSTOMERS = delete(t.new_customer).where(
    t.new_customer.c.customer_id.in_(bindparam("ids", expanding=True))
)
_pin = upsert(t.pin_state)
_SAVE_PIN_STATE = _pin.on_conflict_do_update(
    index_elements=["staff_id"],
    set_={name: _pin.excluded[name] for name in ("wrong_in_a_row", "locked_until")},
)


class SqliteLedgerWrite:
    """Implements LedgerWrite. Used by one thread, within `SqliteLedger.write`."""

    def __init__(self, connection: Connection, transaction: RootTransaction) -> None:
        self._held_connection = connection
        self._transaction = transaction
        self._is_open = True
        self._held_journal = JournalWriter(connection)
        self._unused: dict[Number, int] = {}
        """Numbers taken that nothing bears yet."""

    @property
    def _connection(self) -> Connection:
        if not self._is_open:
            raise WrongUse("the transaction is over")
        return self._held_connection

    @property
    def _journal(self) -> JournalWriter:
        if not self._is_open:
            raise WrongUse("the transaction is over")
        return self._held_journal

    def end(self) -> None:
        """After this every call is refused."""
        self._is_open = False

    def commit(self) -> None:
        """Raises WrongUse when a number was taken and not used: it would be missing for ever."""
        if self._unused:
            raise WrongUse(f"taken but not used: {', '.join(self._unused)}")
        if not self._is_open:
            raise WrongUse("the transaction is over")
        self.end()
        self._transaction.commit()

    # ------------------------------------------------------------------ numbers

    def next_receipt_counter(self) -> int:
        return self._take(Number.RECEIPT)

    def next_z_number(self) -> int:
        return self._take(Number.Z)

    def next_session_number(self) -> int:
        return self._take(Number.SESSION)

    def _take(self, number: Number) -> int:
        connection = self._connection
        if number in self._unused:
            raise WrongUse(f"the {number} taken before is not used yet")
        self._unused[number] = connection.execute(_TAKE_NUMBER[number]).scalar_one()
        return self._unused[number]

    def _use(self, number: Number, value: int) -> None:
        if self._unused.get(number) != value:
            raise WrongUse(f"{number} {value} was not taken in this transaction")
        del self._unused[number]

    def _take_again(self, number: Number, value: int) -> None:
        """A number that was taken before and is missing here, such as in an older copy."""
        column = t.till_state.c[number.value]
        self._connection.execute(update(t.till_state).values({column: func.max(column, value)}))
        self._unused[number] = value

    def next_copy_number(self, document: str) -> int:
        number: int = self._connection.execute(_COUNT_COPY, {"document": document}).scalar_one()
        return number

    # ------------------------------------------------------------------ journal

    def record(self, fact: Fact) -> JournalEntry:
        """Raises DomainError `not_paired`: an entry cannot be chained before the till has its identity."""
        return self._journal.record(fact)

    def journal_head(self) -> JournalPosition:
        return self._journal.head()

    def unsent_entries(self) -> int:
        acked_seq: int = self._connection.execute(_ACKED).scalar_one()
        return self._journal.head().seq - acked_seq

    def grand_total_minor(self) -> int:
        total: int = self._connection.execute(_GRAND_TOTAL).scalar_one()
        return total

    def numbers(self) -> TillNumbers:
        return TillNumbers(*self._connection.execute(_NUMBERS).one())

    def begin_chain(self, identity: TillIdentity, reason: str, at: str) -> ChainPosition:
        return self._journal.begin_chain(identity, reason, at)

    def not_among(self, known_uuids: Container[str]) -> Sequence[tuple[int, int]]:
        return self._journal.not_among(known_uuids)

    def carry_over(self, positions: Sequence[tuple[int, int]]) -> None:
        self._journal.carry_over(positions)

    # -------------------------------------------------------------------- sales

    def add_sale(self, sale: Sale) -> None:
        """Raises WrongUse unless its counter is the one taken in this transaction."""
        connection = self._connection
        self._use(Number.RECEIPT, sale.counter)
        connection.execute(_ADD_SALE, rows.sale_row(sale))
        lines = rows.line_rows(sale)
        if lines:
            connection.execute(_ADD_LINES, lines)
        if sale.tenders:
            connection.execute(_ADD_TENDERS, rows.tender_rows(sale))
        connection.execute(_ADD_TO_GRAND_TOTAL, {"amount_minor": sale.total_minor})

    def add_movement(self, movement: DrawerMovement) -> None:
        self._connection.execute(_ADD_MOVEMENT, rows.movement_row(movement))

    def add_print_job(self, job: PrintJob) -> None:
        self._connection.execute(_ADD_JOB, rows.job_row(job))

    # ----------------------------------------------------------- card payments

    def begin_payment(self, attempt: PaymentAttempt) -> None:
        payments.begin_payment(self._connection, attempt)

    def end_payment(self, attempt: PaymentAttempt) -> None:
        """Raises WrongUse when it was not begun."""
        if not payments.end_payment(self._connection, attempt):
            raise WrongUse(f"there is no payment {attempt.attempt_id}")

    # ----------------------------------------------------------------- sessions

    def open_session(self, session: TillSession) -> None:
        """The entry that opens it is the first one of this transaction, recorded already or next."""
        self._open_session(session, self._journal.first_seq or self._journal.next_seq)

    def _open_session(self, session: TillSession, first_seq: int) -> None:
        self._use(Number.SESSION, session.number)
        self._connection.execute(
            _OPEN_SESSION,
            {**rows.session_row(session), "first_seq": first_seq, "voided_baskets": 0, "no_sales": 0},
        )

    def close_session(self, session_id: str, closed_at: str, z_number: int) -> None:
        self._use(Number.Z, z_number)
        result = self._connection.execute(
            _CLOSE_SESSION, {"of_session": session_id, "closed_at": closed_at, "z_number": z_number}
        )
        self._require_one(result.rowcount)

    def count_voided_basket(self, session_id: str) -> None:
        self._require_one(self._connection.execute(_COUNT_VOIDED_BASKET, {"of_session": session_id}).rowcount)

    def count_no_sale(self, session_id: str) -> None:
        self._require_one(self._connection.execute(_COUNT_NO_SALE, {"of_session": session_id}).rowcount)

    def _require_one(self, count: int) -> None:
        if count != 1:
            raise WrongUse("there is no such open session")

    # -------------------------------------------------------------- open basket

    def save_basket(self, basket: Basket) -> None:
        """What is left of another basket goes."""
        connection = self._connection
        connection.execute(_LINES_OF_OTHERS, {"uuid": basket.uuid})
        connection.execute(_TENDERS_OF_OTHERS, {"uuid": basket.uuid})
        connection.execute(_SAVE_BASKET, rows.basket_row(basket))

    def save_basket_line(self, basket_uuid: str, line: BasketLine) -> None:
        self._connection.execute(
            _SAVE_BASKET_LINE,
            {
                "basket_uuid": basket_uuid,
                "line_number": line.line_number,
                "line": rows.basket_line_text(line),
            },
        )

    def save_tenders(self, basket_uuid: str, tenders: Sequence[TenderLine]) -> None:
        connection = self._connection
        connection.execute(_CLEAR_TENDERS)
        if tenders:
            connection.execute(
                _ADD_BASKET_TENDERS,
                [
                    {"basket_uuid": basket_uuid, "position": position, "tender": rows.tender_text(tender)}
                    for position, tender in enumerate(tenders)
                ],
            )

    def clear_basket(self) -> None:
        for statement in (_CLEAR_TENDERS, _CLEAR_LINES, _CLEAR_BASKET):
            self._connection.execute(statement)

    def add_new_customer(self, customer: Customer, added_at: str) -> None:
        row = {
            "customer_id": customer.customer_id,
            "added_at": added_at,
            "customer": rows.customer_text(customer),
        }
        self._connection.execute(_ADD_NEW_CUSTOMER, row)

    def forget_new_customers(self, customer_ids: Sequence[str]) -> None:
        self._connection.execute(_FORGET_NEW_CUSTOMERS, {"ids": list(customer_ids)})

    def save_pin_state(self, staff_id: str, state: PinState) -> None:
        self._connection.execute(
            _SAVE_PIN_STATE,
            {
                "staff_id": staff_id,
                "wrong_in_a_row": state.wrong_in_a_row,
                "locked_until": state.locked_until,
            },
        )
