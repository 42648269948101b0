"""The till's own truth as one object: opening it, writing transactions, and all that is read from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DBAPIError

from till_app.domain.basket import Basket
from till_app.domain.errors import DomainError
from till_app.services.ports import PinState, SavedBasket, TillIdentity
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.database import Database
from till_app.store.instance_lock import AlreadyLocked, InstanceLock
from till_app.store.ledger_access import disk_faults_told
from till_app.store.ledger_outbox import LedgerOutbox
from till_app.store.ledger_print_jobs import LedgerPrintJobs
from till_app.store.ledger_sales import LedgerSales
from till_app.store.ledger_schema import LedgerDamaged, LedgerInUse, prepare
from till_app.store.ledger_write import SqliteLedgerWrite
from till_app.store.sqlite_engine import Fault, Synchronous, fault_of

_IDENTITY = select(t.till_identity)
_identity = upsert(t.till_identity)
_SET_IDENTITY = _identity.on_conflict_do_update(
    index_elements=["id"],
    set_={name: _identity.excluded[name] for name in ("till_id", "till_code", "till_name")},
)
_ANY_ENTRY = select(t.journal.c.seq).limit(1)
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


class SqliteLedger(LedgerSales, LedgerOutbox, LedgerPrintJobs):
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
            with disk_faults_told():
                super().__init__(_opened(path))
            identity = self.identity()
        except BaseException:
            self._lock.release()
            raise
        self._till_id = identity.till_id if identity else None

    def close(self) -> None:
        """Every connection of every thread; stop those that use it first."""
        self._database.close()
        self._lock.release()

    def checkpoint(self) -> None:
        """Copy the log into the file; call it when the till is idle."""
        self._database.checkpoint()

    @contextmanager
    def write(self) -> Iterator[SqliteLedgerWrite]:
        with disk_faults_told(), self._database.writing() as connection:
            transaction = connection.get_transaction()
            if transaction is None:
                raise RuntimeError("a write without a transaction")
            write = SqliteLedgerWrite(connection, transaction, self._till_id)
            try:
                yield write
            finally:
                write.end()

    def identity(self) -> TillIdentity | None:
        with self._reading() as connection:
            row = connection.execute(_IDENTITY).one_or_none()
        return TillIdentity(row.till_id, row.till_code, row.till_name) if row is not None else None

    def set_identity(self, identity: TillIdentity) -> None:
        """Raises DomainError `ledger_of_other_till`: entries of two tills cannot be one chain."""
        with self._changing() as connection:
            has_entries = connection.execute(_ANY_ENTRY).scalar() is not None
            if has_entries and identity.till_id != self._till_id:
                raise DomainError("ledger_of_other_till", till_code=identity.till_code)
            connection.execute(
                _SET_IDENTITY,
                {
                    "id": 1,
                    "till_id": identity.till_id,
                    "till_code": identity.till_code,
                    "till_name": identity.till_name,
                },
            )
        self._till_id = identity.till_id

    def saved_basket(self) -> SavedBasket | None:
        with self._reading() as connection:
            header = connection.execute(_BASKET).one_or_none()
            if header is None:
                return None
            lines = connection.execute(_BASKET_LINES, {"uuid": header.uuid}).scalars().all()
            tenders = connection.execute(_BASKET_TENDERS, {"uuid": header.uuid}).scalars().all()
        return SavedBasket(
            Basket(
                header.uuid,
                header.opened_at,
                [rows.basket_line_from(line) for line in lines],
                header.age_checked,
            ),
            tuple(rows.tender_from(tender) for tender in tenders),
        )

    def pin_state(self, staff_id: str) -> PinState:
        with self._reading() as connection:
            row = connection.execute(_PIN_STATE, {"staff_id": staff_id}).one_or_none()
        return PinState(row.wrong_in_a_row, row.locked_until) if row is not None else PinState()


def _opened(path: Path) -> Database:
    try:
        database = Database(path, Synchronous.FULL, wal_autocheckpoint_pages=0)
    except DBAPIError as error:
        if fault_of(error) is not Fault.DAMAGED:
            raise
        raise LedgerDamaged(f"{path.name} is damaged or no ledger. It was not changed.") from error
    try:
        prepare(database)
    except BaseException:
        database.close()
        raise
    return database
