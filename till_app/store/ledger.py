"""The till's own truth as one object: opening it, writing transactions, and all that is read from it."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from till_app.domain.errors import DomainError
from till_app.services.ports import Chain, LedgerUnavailable, PinState, SavedBasket, TillIdentity
from till_app.store import ledger_chain as newest
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.database import Database
from till_app.store.instance_lock import AlreadyLocked, InstanceLock
from till_app.store.ledger_access import disk_faults_told
from till_app.store.ledger_customers import LedgerCustomers
from till_app.store.ledger_outbox import LedgerOutbox
from till_app.store.ledger_payments import LedgerPayments
from till_app.store.ledger_print_jobs import LedgerPrintJobs
from till_app.store.ledger_proof import LedgerProof
from till_app.store.ledger_restore import SqliteLedgerRestore
from till_app.store.ledger_sales import LedgerSales
from till_app.store.ledger_schema import RECOVER_ADVICE, LedgerDamaged, LedgerInUse, prepare
from till_app.store.ledger_stock import LedgerStock
from till_app.store.ledger_write import SqliteLedgerWrite
from till_app.store.sqlite_engine import DRIVER, Fault, Synchronous, fault_of

log = logging.getLogger(__name__)

_Write = TypeVar("_Write", bound=SqliteLedgerWrite)
_IDENTITY_NAMES = ("till_id", "till_code", "till_name")
_ADD_CHAIN = insert(t.chain)
_RENAME = update(t.chain).where(t.chain.c.number == bindparam("of_chain"))
_SOLD_BASKET = select(t.open_basket.c.uuid).where(t.open_basket.c.uuid.in_(select(t.sale.c.uuid)))
_DROP_SOLD_BASKET = (
    delete(t.open_basket_tender).where(t.open_basket_tender.c.basket_uuid.in_(_SOLD_BASKET)),
    delete(t.open_basket_line).where(t.open_basket_line.c.basket_uuid.in_(_SOLD_BASKET)),
    delete(t.open_basket).where(t.open_basket.c.uuid.in_(select(t.sale.c.uuid))),
)
_CHAINS = (
    select(t.chain, func.max(t.journal.c.seq).label("last_seq"))
    .select_from(t.chain.outerjoin(t.journal, t.journal.c.chain == t.chain.c.number))
    .group_by(t.chain.c.number)
    .order_by(t.chain.c.number)
)
_BASKET = select(t.open_basket)
_BASKET_LINES = (
    select(t.open_basket_line.c.line)
    .where(t.open_basket_line.c.basket_uuid == bindparam("uuid"))
    .order_by(t.open_basket_line.c.line_number)
)
_BASKET_TENDERS = (
    select(t.open_basket_tender.c.tender)
    .where(t.open_basket_tender.c.basket_uuid == bindparam("uuid"))
    .order_by(t.open_basket_tender.c.position)
)
_PIN_STATE = select(t.pin_state).where(t.pin_state.c.staff_id == bindparam("staff_id"))


class SqliteLedger(
    LedgerSales, LedgerStock, LedgerCustomers, LedgerOutbox, LedgerPayments, LedgerPrintJobs, LedgerProof
):
    """Implements Ledger, Outbox and PrintJobs on one file."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; an older one is copied and migrated.

        Raises LedgerInUse, LedgerTooNew, LedgerDamaged, SqliteTooOld, LedgerUnavailable.
        """
        try:
            self._lock = InstanceLock(path.with_name(path.name + ".lock"))
        except AlreadyLocked as error:
            raise LedgerInUse(f"{path.name} is in use by another till program on this computer.") from error
        try:
            if self._lock.was_cut_off:
                _require_log(path)
            with disk_faults_told():
                super().__init__(_opened(path))
            self._lock.mark_in_use()
            self._last_check = "ok"
        except BaseException:
            self._lock.release()
            raise

    def close(self) -> None:
        """Every connection of every thread; stop those that use it first."""
        self._database.close()
        self._lock.release_in_order()

    @property
    def last_check(self) -> str:
        """What `check` found the last time; the file is checked as it is opened."""
        return self._last_check

    def check(self) -> str:
        """`ok`, or what SQLite's quick check of the whole file finds first. Takes long: on no GUI thread."""
        # A connection that has read the pages before would not look at the disk again.
        with closing(DRIVER.connect(self._database.path)) as connection:
            try:
                self._last_check = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
            except DRIVER.DatabaseError as error:
                self._last_check = str(error)
        return self._last_check

    def checkpoint(self) -> None:
        """Copy the log into the file; call it when the till is idle."""
        self._database.checkpoint()

    def back_up(self, target: Path) -> None:
        """A whole copy, checked, in the place of the one before. Takes seconds: on no GUI thread.

        Raises LedgerUnavailable; the copy before is kept then.
        """
        aside = target.with_name(target.name + ".part")
        aside.unlink(missing_ok=True)
        try:
            with disk_faults_told():
                self._database.copy_to(aside)
            _require_whole(aside)
            aside.replace(target)
        except DRIVER.Error as error:
            raise LedgerUnavailable("disk_failed", str(error)) from error
        finally:
            aside.unlink(missing_ok=True)
        log.info("backed up the ledger to %s", target.name)

    def write(self) -> AbstractContextManager[SqliteLedgerWrite]:
        return self._transaction(SqliteLedgerWrite)

    def restore(self) -> AbstractContextManager[SqliteLedgerRestore]:
        return self._transaction(SqliteLedgerRestore)

    @contextmanager
    def _transaction(self, kind: type[_Write]) -> Iterator[_Write]:
        with disk_faults_told(), self._database.writing() as connection:
            transaction = connection.get_transaction()
            if transaction is None:
                raise RuntimeError("a write without a transaction")
            write = kind(connection, transaction)
            try:
                yield write
            finally:
                write.end()

    def identity(self) -> TillIdentity | None:
        with self._reading() as connection:
            row = connection.execute(newest.IDENTITY).one_or_none()
        return TillIdentity(*row) if row is not None else None

    def set_identity(self, identity: TillIdentity) -> None:
        """Of a till that recorded nothing yet, or the same one under another name.

        Raises DomainError `ledger_of_other_till`: entries of two tills cannot be one chain; begin a new one.
        """
        values = {name: getattr(identity, name) for name in _IDENTITY_NAMES}
        with self._changing() as connection:
            end = connection.execute(newest.END).one_or_none()
            if end is None:
                connection.execute(_ADD_CHAIN, {"number": 1, "reason": "", "acked_through": 0, **values})
            elif end.seq is not None and end.till_id != identity.till_id:
                raise DomainError("ledger_of_other_till", till_code=identity.till_code)
            else:
                connection.execute(_RENAME, {"of_chain": end.number, **values})

    def chains(self) -> Sequence[Chain]:
        with self._reading() as connection:
            return [
                Chain(
                    TillIdentity(row.till_id, row.till_code, row.till_name),
                    row.began_at,
                    row.reason,
                    row.last_seq or 0,
                    row.acked_through,
                )
                for row in connection.execute(_CHAINS)
            ]

    def put_back(self, rows_by_table: Mapping[str, Sequence[Mapping[str, object]]]) -> None:
        """Rows of another copy of this ledger that no journal entry tells of: the open basket, unless it was
        sold since, print jobs that wait, wrong PINs."""
        with self._changing() as connection:
            for name, found in rows_by_table.items():
                table = t.metadata.tables[name]
                for row in found:
                    connection.execute(insert(table).prefix_with("OR IGNORE"), dict(row))
            for statement in _DROP_SOLD_BASKET:
                connection.execute(statement)

    def saved_basket(self) -> SavedBasket | None:
        with self._reading() as connection:
            header = connection.execute(_BASKET).one_or_none()
            if header is None:
                return None
            lines = connection.execute(_BASKET_LINES, {"uuid": header.uuid}).scalars().all()
            tenders = connection.execute(_BASKET_TENDERS, {"uuid": header.uuid}).scalars().all()
        return SavedBasket(
            rows.basket_from(header, lines), tuple(rows.tender_from(tender) for tender in tenders)
        )

    def pin_state(self, staff_id: str) -> PinState:
        with self._reading() as connection:
            row = connection.execute(_PIN_STATE, {"staff_id": staff_id}).one_or_none()
        return PinState(row.wrong_in_a_row, row.locked_until) if row is not None else PinState()


def _require_whole(copy: Path) -> None:
    with closing(DRIVER.connect(copy)) as connection:
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise LedgerUnavailable("disk_failed", f"the copy is damaged: {found}")


def _require_log(path: Path) -> None:
    """A till that was killed may have its latest sales in the log only. Raises LedgerDamaged without one."""
    if path.exists() and path.stat().st_size and not path.with_name(path.name + "-wal").exists():
        raise LedgerDamaged(
            f"{path.name}-wal is missing: the till was not closed in order, and its latest sales may be in"
            f" that file. Put it back beside {path.name}, or {RECOVER_ADVICE}."
        )


def _opened(path: Path) -> Database:
    try:
        database = Database(path, Synchronous.FULL, wal_autocheckpoint_pages=0)
    except DBAPIError as error:
        if fault_of(error) is not Fault.DAMAGED:
            raise
        raise LedgerDamaged(
            f"{path.name} is damaged or no ledger. It was not changed; {RECOVER_ADVICE}."
        ) from error
    try:
        prepare(database)
    except BaseException:
        database.close()
        raise
    return database
