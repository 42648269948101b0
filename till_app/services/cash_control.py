"""Cash outside a sale: opening with a float, paid in and out, loans and pick-ups, opening the drawer."""

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.session import DrawerMovement, MovementKind, TillSession
from till_app.domain.tender import MAX_TENDER_MINOR
from till_app.services.bodies import cash_movement_body, movement_body
from till_app.services.device_ports import CashDrawer
from till_app.services.device_status import DrawerOpening, OpeningReason
from till_app.services.drawer_journal import OPENED_FOR_COUNT, OPENED_FOR_FLOAT
from till_app.services.health import Health
from till_app.services.ports import Clock, Ledger, SyncWaker
from till_app.services.workplace import Workplace
from till_app.wire.bodies import DrawerEventBody, Kind, NoSaleBody, SessionOpenedBody

_INTO_DRAWER = {
    MovementKind.LOAN: 1,
    MovementKind.PAID_IN: 1,
    MovementKind.PICK_UP: -1,
    MovementKind.PAID_OUT: -1,
}


class CashControl:
    """GUI thread only."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        clock: Clock,
        drawer: CashDrawer,
        sync: SyncWaker,
        health: Health,
    ) -> None:
        self._health = health
        self._workplace = workplace
        self._ledger = ledger
        self._clock = clock
        self._drawer = drawer
        self._sync = sync

    def open_session(self, float_minor: int) -> TillSession:
        """Begin the trading day; the drawer opens for its float.

        Raises DomainError `session_open`, `amount_negative`, `amount_too_large`, `not_permitted`.
        """
        operator = self._workplace.require_seller()
        if self._workplace.session is not None:
            raise DomainError("session_open")
        if float_minor < 0:
            raise DomainError("amount_negative")
        if float_minor > MAX_TENDER_MINOR:
            raise DomainError("amount_too_large")
        now = self._workplace.now_text()
        with self._ledger.write() as write:
            session = TillSession(
                session_id=self._workplace.new_id(),
                number=write.next_session_number(),
                business_date=self._clock.today(),
                opened_at=now,
                opened_by=operator.staff_id,
                float_minor=float_minor,
            )
            movement = DrawerMovement(
                self._workplace.new_id(),
                session.session_id,
                MovementKind.FLOAT,
                float_minor,
                now,
                operator.staff_id,
            )
            write.open_session(session)
            write.add_movement(movement)
            body = SessionOpenedBody(
                session.session_id, session.number, operator.staff_id, float_minor, movement_body(movement)
            )
            write.record(self._workplace.fact(Kind.SESSION_OPENED, body, session.business_date))
            if self._drawer.is_set_up:
                opened = DrawerEventBody(OPENED_FOR_FLOAT, operator.staff_id, session.session_id)
                write.record(self._workplace.fact(Kind.DRAWER_EVENT, opened, session.business_date))
            self._health.record(write, session.business_date)
            write.commit()
        self._workplace.session_changed()
        self._drawer.open(DrawerOpening(OpeningReason.FLOAT, operator.staff_id, session.session_id))
        self._sync.wake()
        return session

    def open_to_count(self, approver: StaffMember | None = None) -> None:
        """Open the drawer so that what lies in it can be counted at the day's end; it is on record.

        Raises DomainError `approval_needed`, `no_session`, `not_signed_on`.
        """
        approved_by = self._workplace.authorise(Permission.CLOSE_DAY, approver)
        session = self._workplace.require_session()
        operator = self._workplace.require_operator()
        with self._ledger.write() as write:
            detail = f"approved by {approved_by}" if approved_by else ""
            body = DrawerEventBody(OPENED_FOR_COUNT, operator.staff_id, session.session_id, detail=detail)
            write.record(self._workplace.fact(Kind.DRAWER_EVENT, body))
            write.commit()
        self._drawer.open(DrawerOpening(OpeningReason.COUNT, operator.staff_id, session.session_id))
        self._sync.wake()

    def move(
        self, kind: MovementKind, amount_minor: int, reason: str, approver: StaffMember | None = None
    ) -> DrawerMovement:
        """A loan, pick-up, paid in or paid out of a positive amount; the drawer opens.

        Raises DomainError `approval_needed`, `amount_not_positive`, `amount_too_large`, `reason_missing`.
        """
        approved_by = self._workplace.authorise(Permission.PAY_IN_OUT, approver)
        session = self._workplace.require_session()
        if amount_minor <= 0:
            raise DomainError("amount_not_positive")
        if amount_minor > MAX_TENDER_MINOR:
            raise DomainError("amount_too_large")
        if not reason.strip():
            raise DomainError("reason_missing")
        movement = DrawerMovement(
            self._workplace.new_id(),
            session.session_id,
            kind,
            _INTO_DRAWER[kind] * amount_minor,
            self._workplace.now_text(),
            self._workplace.require_operator().staff_id,
            reason.strip(),
        )
        with self._ledger.write() as write:
            write.add_movement(movement)
            body = cash_movement_body(movement, approved_by)
            write.record(self._workplace.fact(Kind.DRAWER_MOVEMENT, body))
            write.commit()
        self._drawer.open(
            DrawerOpening(OpeningReason.MOVEMENT, movement.operator_id, session.session_id, kind.value)
        )
        self._sync.wake()
        return movement

    def no_sale(self, reason: str, approver: StaffMember | None = None) -> None:
        """Open the drawer without a sale; it is counted and journalled with its reason."""
        approved_by = self._workplace.authorise(Permission.NO_SALE, approver)
        session = self._workplace.require_session()
        operator = self._workplace.require_operator()
        with self._ledger.write() as write:
            write.count_no_sale(session.session_id)
            body = NoSaleBody(operator.staff_id, reason.strip(), approved_by)
            write.record(self._workplace.fact(Kind.NO_SALE, body))
            write.commit()
        self._drawer.open(DrawerOpening(OpeningReason.NO_SALE, operator.staff_id, session.session_id))
        self._sync.wake()
