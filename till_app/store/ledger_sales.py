"""What the ledger tells of sales and sessions that are there. Nothing here writes."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, select

from till_app.domain.reports import SessionFacts
from till_app.domain.returns import AlreadyReturned
from till_app.domain.sale import Sale
from till_app.domain.session import TillSession
from till_app.store import ledger_rows as rows
from till_app.store import ledger_tables as t
from till_app.store.ledger_access import LedgerAccess


class _SalesWhere:
    """The three statements that read whole sales of one condition: headers, lines, tenders."""

    def __init__(self, condition: ColumnElement[bool]) -> None:
        self.headers = select(t.sale).where(condition).order_by(t.sale.c.counter)
        self.lines = self._of(
            select(*(t.sale_line.c[name] for name in rows.LINE_COLUMNS)), condition, t.sale_line.c.counter
        ).order_by(t.sale_line.c.counter, t.sale_line.c.line_number)
        self.tenders = self._of(select(t.sale_tender), condition, t.sale_tender.c.counter).order_by(
            t.sale_tender.c.counter, t.sale_tender.c.position
        )

    @staticmethod
    def _of(
        statement: Select[tuple[object, ...]], condition: ColumnElement[bool], counter: ColumnElement[int]
    ) -> Select[tuple[object, ...]]:
        return statement.where(counter.in_(select(t.sale.c.counter).where(condition)))

    def read(self, connection: Connection, **parameters: object) -> tuple[Sale, ...]:
        return rows.sales_from(
            connection.execute(self.headers, parameters).all(),
            connection.execute(self.lines, parameters).all(),
            connection.execute(self.tenders, parameters).all(),
        )


_BY_UUID = _SalesWhere(t.sale.c.uuid == bindparam("uuid"))
_BY_COUNTER = _SalesWhere(t.sale.c.counter == bindparam("counter"))
_OF_SESSION = _SalesWhere(t.sale.c.session_id == bindparam("session_id"))
_SINCE_COUNTER = _SalesWhere(t.sale.c.counter > bindparam("counter"))
_LAST_COUNTER = select(t.till_state.c.receipt_counter)
_MOVEMENTS = (
    select(t.drawer_movement)
    .where(t.drawer_movement.c.session_id == bindparam("session_id"))
    .order_by(t.drawer_movement.c.number)
)
_SESSION_COUNTS = select(t.till_session.c.voided_baskets, t.till_session.c.no_sales).where(
    t.till_session.c.session_id == bindparam("session_id")
)
_OPEN_SESSION = select(t.till_session).where(t.till_session.c.closed_at.is_(None))
_CLOSED_SESSIONS = (
    select(t.till_session)
    .where(t.till_session.c.closed_at.is_not(None))
    .order_by(t.till_session.c.number.desc())
    .limit(bindparam("most"))
)
_FIRST_SEQ = select(t.till_session.c.first_seq).where(t.till_session.c.session_id == bindparam("session_id"))
_RETURNED = (
    select(
        t.sale_line.c.origin_line_number,
        -func.sum(t.sale_line.c.quantity_milli),
        -func.sum(t.sale_line.c.gross_minor),
        -func.sum(t.sale_line.c.tax_minor),
    )
    .where(t.sale_line.c.origin_sale_uuid == bindparam("sale_uuid"), t.sale_line.c.voided == 0)
    .group_by(t.sale_line.c.origin_line_number)
)
_GRAND_TOTAL = select(t.till_state.c.grand_total_minor)


class LedgerSales(LedgerAccess):
    """The reading half of Ledger about sales and sessions."""

    def sale(self, uuid: str) -> Sale | None:
        with self._reading() as connection:
            return next(iter(_BY_UUID.read(connection, uuid=uuid)), None)

    def sale_by_receipt(self, receipt_number: str) -> Sale | None:
        counter = receipt_number.rpartition("-")[2]
        if not (counter.isascii() and counter.isdigit() and len(counter) <= len(str(2**62))):
            return None
        with self._reading() as connection:
            sale = next(iter(_BY_COUNTER.read(connection, counter=int(counter))), None)
        return sale if sale is not None and sale.receipt_number == receipt_number else None

    def latest_sales(self, limit: int) -> Sequence[Sale]:
        with self._reading() as connection:
            last = connection.execute(_LAST_COUNTER).scalar_one()
            return _SINCE_COUNTER.read(connection, counter=last - limit)[::-1]

    def returned(self, sale_uuid: str) -> dict[int, AlreadyReturned]:
        with self._reading() as connection:
            found = connection.execute(_RETURNED, {"sale_uuid": sale_uuid}).all()
        return {
            line_number: AlreadyReturned(quantity_milli, gross_minor, tax_minor)
            for line_number, quantity_milli, gross_minor, tax_minor in found
        }

    def session(self) -> TillSession | None:
        with self._reading() as connection:
            row = connection.execute(_OPEN_SESSION).one_or_none()
        return rows.session_from(row) if row is not None else None

    def closed_sessions(self, limit: int) -> Sequence[TillSession]:
        """The latest first."""
        with self._reading() as connection:
            found = connection.execute(_CLOSED_SESSIONS, {"most": limit}).all()
        return tuple(rows.session_from(row) for row in found)

    def session_facts(self, session: TillSession) -> SessionFacts:
        """Raises LookupError for a session that is not in this ledger."""
        of_session = {"session_id": session.session_id}
        with self._reading() as connection:
            counts = connection.execute(_SESSION_COUNTS, of_session).one_or_none()
            sales = _OF_SESSION.read(connection, **of_session)
            movements = connection.execute(_MOVEMENTS, of_session).all()
        if counts is None:
            raise LookupError(f"session {session.number} is not in this ledger")
        return SessionFacts(
            session,
            sales,
            tuple(rows.movement_from(movement) for movement in movements),
            counts.voided_baskets,
            counts.no_sales,
        )

    def session_first_seq(self, session: TillSession) -> int:
        """Raises LookupError for a session that is not in this ledger."""
        with self._reading() as connection:
            first_seq: int | None = connection.execute(
                _FIRST_SEQ, {"session_id": session.session_id}
            ).scalar()
        if first_seq is None:
            raise LookupError(f"session {session.number} is not in this ledger")
        return first_seq

    def grand_total_minor(self) -> int:
        with self._reading() as connection:
            total: int = connection.execute(_GRAND_TOTAL).scalar_one()
        return total
