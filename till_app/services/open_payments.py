"""Which payments at a card terminal nobody knows the end of yet; they keep their basket as it is."""

from till_app.domain.errors import DomainError
from till_app.services.ports import Ledger, PaymentAttempt, PaymentState

OPEN_STATES = frozenset((PaymentState.STARTED, PaymentState.UNKNOWN))


class OpenPayments:
    """As the ledger has them, kept at hand: it is asked at every scan. GUI thread only."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._by_id: dict[str, PaymentAttempt] = {}
        self.read_again()

    def read_again(self) -> None:
        self._by_id = {attempt.attempt_id: attempt for attempt in self._ledger.open_payments()}

    @property
    def oldest(self) -> PaymentAttempt | None:
        return next(iter(self._by_id.values()), None)

    def saved(self, attempt: PaymentAttempt) -> None:
        """It was begun, or has an outcome, and that is on disk."""
        if attempt.state in OPEN_STATES:
            self._by_id[attempt.attempt_id] = attempt
        else:
            self._by_id.pop(attempt.attempt_id, None)

    def require_none_of(self, basket_uuid: str) -> None:
        """Raises DomainError `payment_open`."""
        for attempt in self._by_id.values():
            if attempt.basket_uuid == basket_uuid:
                raise DomainError("payment_open", amount_minor=attempt.amount_minor)

    def require_none(self) -> None:
        """Raises DomainError `payment_open`."""
        if self.oldest is not None:
            raise DomainError("payment_open", amount_minor=self.oldest.amount_minor)
