"""One transaction of the ledger: what a use case does in it is kept together or not at all."""

from collections.abc import Sequence
from enum import StrEnum

from sqlalchemy import Connection, RootTransaction, bindparam, delete, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from till_app.domain.basket import Basket, BasketLine
from till_app.domain.errors import DomainError
from till_app.domain.ids import new_uuid7
from till_app.domain.journal import GENESIS_HASH, JournalEntry, sealed
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, TillSession
from till_app.domain.tender import TenderLine
from till_app.domain.times import from_text
from till_app.services.ports import Fact, PinState, PrintJob
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t


class WrongUse(Exception):
    """The caller broke the rules of a ledger transaction; nothing of it is kept."""


class _Number(StrEnum):
    """The columns of `till_state` that count."""

    RECEIPT = "receipt_counter"
    Z = "z_number"
    SESSION = "session_number"


_TAKE_NUMBER = {
    number: update(t.till_state)
    .values({number.value: t.till_state.c[number.value] + 1})
    .returning(t.till_state.c[number.value])
    for number in _Number
}
_ADD_TO_GRAND_TOTAL = update(t.till_state).values(
    grand_total_minor=t.till_state.c.grand_total_minor + bindparam("amount_minor")
)
_JOURNAL_END = (
    select(t.journal.c.seq, t.journal.c.at, t.journal.c.hash).order_by(t.journal.c.seq.desc()).limit(1)
)
_ADD_ENTRY = insert(t.journal)
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
    set_={name: _basket.excluded[name] for name in ("uuid", "opened_at", "age_checked")},
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
_pin = upsert(t.pin_state)
_SAVE_PIN_STATE = _pin.on_conflict_do_update(
    index_elements=["staff_id"],
    set_={name: _pin.excluded[name] for name in ("wrong_in_a_row", "locked_until")},
)


class SqliteLedgerWrite:
    """Implements LedgerWrite. Used by one thread, within `SqliteLedger.write`."""

    def __init__(self, connection: Connection, transaction: RootTransaction, till_id: str | None) -> None:
        self._held_connection = connection
        self._transaction = transaction
        self._till_id = till_id
        self._is_open = True
        self._journal_end: tuple[int, str, str] | None = None
        """Number, moment and hash of the last entry, once looked up."""
        self._first_seq: int | None = None
        """Of the entries recorded in this transaction."""
        self._unused: dict[_Number, int] = {}
        """Numbers taken that nothing bears yet."""

    @property
    def _connection(self) -> Connection:
        if not self._is_open:
            raise WrongUse("the transaction is over")
        return self._held_connection

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
        return self._take(_Number.RECEIPT)

    def next_z_number(self) -> int:
        return self._take(_Number.Z)

    def next_session_number(self) -> int:
        return self._take(_Number.SESSION)

    def _take(self, number: _Number) -> int:
        connection = self._connection
        if number in self._unused:
            raise WrongUse(f"the {number} taken before is not used yet")
        self._unused[number] = connection.execute(_TAKE_NUMBER[number]).scalar_one()
        return self._unused[number]

    def _use(self, number: _Number, value: int) -> None:
        if self._unused.get(number) != value:
            raise WrongUse(f"{number} {value} was not taken in this transaction")
        del self._unused[number]

    def next_copy_number(self, document: str) -> int:
        number: int = self._connection.execute(_COUNT_COPY, {"document": document}).scalar_one()
        return number

    # ------------------------------------------------------------------ journal

    def record(self, fact: Fact) -> JournalEntry:
        """Raises DomainError `not_paired`: an entry cannot be chained before the till has its identity.

        An entry's moment is never before that of the entry it follows, whatever the clock says.
        """
        if self._till_id is None:
            raise DomainError("not_paired")
        last_seq, last_at, last_hash = self._end_of_journal()
        entry = sealed(
            self._till_id,
            last_seq + 1,
            new_uuid7(from_text(fact.at)),
            fact.kind,
            fact.version,
            max(fact.at, last_at),
            fact.business_date,
            fact.body,
            last_hash,
        )
        self._connection.execute(
            _ADD_ENTRY,
            {
                "seq": entry.seq,
                "uuid": entry.uuid,
                "kind": entry.kind,
                "version": entry.version,
                "at": entry.at,
                "business_date": entry.business_date,
                "body": entry.body,
                "prev_hash": entry.prev_hash,
                "hash": entry.hash,
            },
        )
        self._journal_end = (entry.seq, entry.at, entry.hash)
        if self._first_seq is None:
            self._first_seq = entry.seq
        return entry

    def _end_of_journal(self) -> tuple[int, str, str]:
        if self._journal_end is None:
            row = self._connection.execute(_JOURNAL_END).one_or_none()
            self._journal_end = (row.seq, row.at, row.hash) if row else (0, "", GENESIS_HASH)
        return self._journal_end

    # -------------------------------------------------------------------- sales

    def add_sale(self, sale: Sale) -> None:
        """Raises WrongUse unless its counter is the one taken in this transaction."""
        connection = self._connection
        self._use(_Number.RECEIPT, sale.counter)
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

    # ----------------------------------------------------------------- sessions

    def open_session(self, session: TillSession) -> None:
        """The entry that opens it is the first one of this transaction, recorded already or next."""
        connection = self._connection
        self._use(_Number.SESSION, session.number)
        first_seq = self._first_seq or self._end_of_journal()[0] + 1
        connection.execute(
            _OPEN_SESSION,
            {**rows.session_row(session), "first_seq": first_seq, "voided_baskets": 0, "no_sales": 0},
        )

    def close_session(self, session_id: str, closed_at: str, z_number: int) -> None:
        self._use(_Number.Z, z_number)
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
        connection.execute(
            _SAVE_BASKET,
            {
                "id": 1,
                "uuid": basket.uuid,
                "opened_at": basket.opened_at,
                "age_checked": basket.age_checked,
            },
        )

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

    def save_pin_state(self, staff_id: str, state: PinState) -> None:
        self._connection.execute(
            _SAVE_PIN_STATE,
            {
                "staff_id": staff_id,
                "wrong_in_a_row": state.wrong_in_a_row,
                "locked_until": state.locked_until,
            },
        )
