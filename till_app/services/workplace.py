"""The workplace that all use cases share: which till, which shop, who is signed on, which session is open."""

import msgspec

from till_app.domain.catalogue import Shop, StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.ids import new_uuid7
from till_app.domain.permissions import Permission, may
from till_app.domain.session import TillSession
from till_app.domain.times import to_text
from till_app.services.ports import Catalogue, Clock, Fact, Ledger, TillIdentity
from till_app.wire.bodies import BODY_VERSION

_encoder = msgspec.json.Encoder()


class Workplace:
    """Holds who works here; asks the ledger and the catalogue for the rest. GUI thread only."""

    def __init__(self, ledger: Ledger, catalogue: Catalogue, clock: Clock) -> None:
        self._ledger = ledger
        self._catalogue = catalogue
        self._clock = clock
        self._session = ledger.session()
        self._last_shop: Shop | None = None
        self.operator: StaffMember | None = None
        self.is_locked = False
        """The operator stays signed on and must type the PIN again."""

    @property
    def identity(self) -> TillIdentity:
        """Raises DomainError `not_paired`."""
        identity = self._ledger.identity()
        if identity is None:
            raise DomainError("not_paired")
        return identity

    @property
    def shop(self) -> Shop:
        """As last known: a catalogue that is lost in the middle of a sale does not hold the sale up.

        Raises DomainError `no_shop` before the first load from the hub.
        """
        self._last_shop = self._catalogue.shop() or self._last_shop
        if self._last_shop is None:
            raise DomainError("no_shop")
        return self._last_shop

    @property
    def session(self) -> TillSession | None:
        return self._session

    def require_operator(self) -> StaffMember:
        """Raises DomainError `not_signed_on`."""
        if self.operator is None or self.is_locked:
            raise DomainError("not_signed_on")
        return self.operator

    def require_seller(self) -> StaffMember:
        """The operator, whose role may sell; nobody's approval stands in for it.

        Raises DomainError `not_signed_on` or `not_permitted`.
        """
        operator = self.require_operator()
        if not may(operator.role, Permission.SELL):
            raise DomainError("not_permitted", operator=operator.name)
        return operator

    def require_session(self) -> TillSession:
        """Raises DomainError `no_session`."""
        if self._session is None:
            raise DomainError("no_session")
        return self._session

    def session_changed(self) -> None:
        """Read the open session again."""
        self._session = self._ledger.session()

    def authorise(self, permission: Permission, approver: StaffMember | None = None) -> str | None:
        """Let the operator act alone, or with an approver, whose id is returned.

        Raises DomainError `approval_needed` when neither may.
        """
        if may(self.require_operator().role, permission):
            return None
        if approver is not None and may(approver.role, permission):
            return approver.staff_id
        raise DomainError("approval_needed", permission=permission)

    def now_text(self) -> str:
        return to_text(self._clock.now())

    def new_id(self) -> str:
        return new_uuid7(self._clock.now())

    @property
    def clock_is_behind(self) -> bool:
        """Whether something was sold here at a time that this computer's clock has not reached yet."""
        latest = self._ledger.latest_sales(1)
        return bool(latest) and latest[0].completed_at > self.now_text()

    @property
    def business_date(self) -> str:
        """The open session's, else the shop's date today."""
        return self._session.business_date if self._session else self._clock.today()

    def fact(self, kind: str, body: msgspec.Struct, business_date: str | None = None) -> Fact:
        """A fact as of now; its bytes are made here, once."""
        return Fact(
            kind, BODY_VERSION, self.now_text(), business_date or self.business_date, _encoder.encode(body)
        )
