"""What all parts of the ledger share: transactions whose disk faults come out as LedgerUnavailable."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from till_app.services.ports import LedgerUnavailable
from till_app.store.database import Database
from till_app.store.sqlite_engine import Fault, fault_of


@contextmanager
def disk_faults_told() -> Iterator[None]:
    """Other errors of a statement are bugs and pass through."""
    try:
        yield
    except DBAPIError as error:
        fault = fault_of(error)
        if fault is None:
            raise
        code = "disk_full" if fault is Fault.FULL else "disk_failed"
        raise LedgerUnavailable(code, str(error.orig)) from error


class LedgerAccess:
    """The base of the ledger's parts. Any thread may call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with disk_faults_told(), self._database.reading() as connection:
            yield connection

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """A write that is committed when the block ends well."""
        with disk_faults_told(), self._database.writing() as connection:
            yield connection
            connection.commit()
