"""Signing on by PIN, locking, signing off, and a second person's approval of one action."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from till_app.domain.catalogue import Role, StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission, may
from till_app.domain.times import from_text, to_text
from till_app.services.ports import Catalogue, Clock, Ledger, PinState, PinVerifier
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, OperatorBody

TRIES_BEFORE_LOCK_OUT = 5
FIRST_LOCK_OUT_S = 30
LONGEST_LOCK_OUT_S = 900


@dataclass(frozen=True, slots=True)
class SignedOn:
    member: StaffMember


@dataclass(frozen=True, slots=True)
class WrongPin:
    tries_left: int


@dataclass(frozen=True, slots=True)
class LockedOut:
    until: str
    """RFC 3339, UTC."""


PinResult = SignedOn | WrongPin | LockedOut


def lock_out_s(wrong_in_a_row: int) -> int:
    """Seconds of lock-out after so many wrong PINs: 30 s after five, doubling, 15 min at most."""
    if wrong_in_a_row < TRIES_BEFORE_LOCK_OUT:
        return 0
    doublings = min(10, wrong_in_a_row - TRIES_BEFORE_LOCK_OUT)
    return min(LONGEST_LOCK_OUT_S, FIRST_LOCK_OUT_S << doublings)


class SignOn:
    """GUI thread only; checking a PIN takes some 25 ms by design."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        catalogue: Catalogue,
        clock: Clock,
        pins: PinVerifier,
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._catalogue = catalogue
        self._clock = clock
        self._pins = pins

    def staff(self) -> tuple[StaffMember, ...]:
        return tuple(self._catalogue.staff())

    def approvers(self, permission: Permission) -> tuple[StaffMember, ...]:
        """Who could approve an action that the operator may not do alone."""
        return tuple(member for member in self._catalogue.staff() if may(member.role, permission))

    def sign_on(self, staff_id: str, pin: str) -> PinResult:
        """Sign on, or unlock.

        Raises DomainError `basket_of_other` while a colleague's basket is open, unless the member is a
        supervisor or manager, who may finish it.
        """
        member = self._member(staff_id)
        result = self._check(member, pin)
        if isinstance(result, SignedOn):
            at_work = self._workplace.operator
            if (
                at_work is not None
                and may(at_work.role, Permission.SELL)
                and at_work.staff_id != staff_id
                and self._ledger.saved_basket() is not None
                and member.role not in (Role.SUPERVISOR, Role.MANAGER)
            ):
                raise DomainError("basket_of_other", operator=at_work.name)
            self._record(Kind.SIGNED_ON, member)
            self._workplace.operator = member
            self._workplace.is_locked = False
        return result

    def lock(self) -> None:
        """The screen asks for a PIN; operator and basket stay."""
        self._workplace.is_locked = self._workplace.operator is not None

    def sign_off(self) -> None:
        """Raises DomainError `basket_open`: finish, park or void it first."""
        operator = self._workplace.operator
        if operator is None:
            return
        if self._ledger.saved_basket() is not None:
            raise DomainError("basket_open")
        self._record(Kind.SIGNED_OFF, operator)
        self._workplace.operator = None
        self._workplace.is_locked = False

    def approve(self, staff_id: str, pin: str) -> PinResult:
        """Check the PIN of a second person, whom `SignedOn` then names; nobody is signed on by it."""
        return self._check(self._member(staff_id), pin)

    def _member(self, staff_id: str) -> StaffMember:
        for member in self._catalogue.staff():
            if member.staff_id == staff_id:
                return member
        raise DomainError("staff_unknown")

    def _check(self, member: StaffMember, pin: str) -> PinResult:
        now = self._clock.now()
        state = self._ledger.pin_state(member.staff_id)
        locked_until = self._locked_until(member, state, now)
        if locked_until is not None:
            return LockedOut(locked_until)
        if self._pins.matches(member.pin_hash, pin):
            if state != PinState():
                self._save(member, PinState())
            return SignedOn(member)
        wrong = state.wrong_in_a_row + 1
        seconds = lock_out_s(wrong)
        until = to_text(now + timedelta(seconds=seconds)) if seconds else None
        self._save(member, PinState(wrong, until), refused=True)
        return LockedOut(until) if until else WrongPin(TRIES_BEFORE_LOCK_OUT - wrong)

    def _locked_until(self, member: StaffMember, state: PinState, now: datetime) -> str | None:
        """When the clock went back, nobody waits longer for it than the lock-out was to last."""
        if state.locked_until is None or from_text(state.locked_until) <= now:
            return None
        latest = to_text(now + timedelta(seconds=lock_out_s(state.wrong_in_a_row)))
        if state.locked_until <= latest:
            return state.locked_until
        self._save(member, PinState(state.wrong_in_a_row, latest))
        return latest

    def _save(self, member: StaffMember, state: PinState, *, refused: bool = False) -> None:
        with self._ledger.write() as write:
            write.save_pin_state(member.staff_id, state)
            if refused:
                write.record(self._workplace.fact(Kind.PIN_REFUSED, OperatorBody(member.staff_id)))
            write.commit()

    def _record(self, kind: str, member: StaffMember) -> None:
        with self._ledger.write() as write:
            write.record(self._workplace.fact(kind, OperatorBody(member.staff_id)))
            write.commit()
