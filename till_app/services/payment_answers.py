"""What the card terminal says of payments, taken onto the record; kept while the disk takes nothing."""

import logging
from collections.abc import Iterator
from dataclasses import replace

from till_app.services.device_status import PaymentAnswer
from till_app.services.open_payments import OPEN_STATES
from till_app.services.payment_records import PaymentRecords
from till_app.services.payment_views import EndedPayment
from till_app.services.ports import Ledger, PaymentAttempt, PaymentState

log = logging.getLogger(__name__)


class PaymentAnswers:
    """GUI thread only."""

    def __init__(self, ledger: Ledger, records: PaymentRecords) -> None:
        self._ledger = ledger
        self._records = records
        self._unsaved: dict[str, PaymentAnswer] = {}

    def put(self, answer: PaymentAnswer) -> None:
        """To be saved; that nobody knows takes no place of an answer that knows."""
        if answer.state is not PaymentState.UNKNOWN or answer.attempt_id not in self._unsaved:
            self._unsaved[answer.attempt_id] = answer

    def save(self) -> Iterator[EndedPayment]:
        """Each that changed something. Raises LedgerUnavailable: what is not saved yet stays to be saved."""
        for answer in tuple(self._unsaved.values()):
            ended = self._saved(self._ledger.payment(answer.attempt_id), answer)
            del self._unsaved[answer.attempt_id]
            if ended is not None:
                yield ended

    def _saved(self, attempt: PaymentAttempt | None, answer: PaymentAnswer) -> EndedPayment | None:
        if attempt is None:
            log.warning("the terminal told of a payment that is not on record: %s", answer.attempt_id)
            return None
        if attempt.state not in OPEN_STATES:
            return self._saved_late(attempt, answer)
        if answer.state is attempt.state:
            return None
        return EndedPayment(self._ended(_with(attempt, answer), answer), answer.words)

    def _saved_late(self, attempt: PaymentAttempt, answer: PaymentAnswer) -> EndedPayment | None:
        """The operator went by something else until now: what the terminal says is never lost."""
        if answer.state is PaymentState.UNKNOWN or attempt.state in (answer.state, PaymentState.REVERSED):
            return None
        said = _with(attempt, answer)
        if said.approved_minor == attempt.approved_minor:
            if attempt.state is PaymentState.SETTLED_BY_HAND:
                self._records.end(said)
            return None
        log.warning(
            "late: the terminal says %s of payment %s, which was %s",
            said.state,
            attempt.reference,
            attempt.state,
        )
        late = replace(said, reason="late", ended_at=None)
        if attempt.approved_minor == 0:
            late = self._ended(late, answer)
        else:
            self._records.note(late)
        return EndedPayment(late, answer.words, is_surprise=True)

    def _ended(self, attempt: PaymentAttempt, answer: PaymentAnswer) -> PaymentAttempt:
        return self._records.end(
            attempt, customer_copy=answer.customer_copy, merchant_copy=answer.merchant_copy
        )


def _with(attempt: PaymentAttempt, answer: PaymentAnswer) -> PaymentAttempt:
    return replace(
        attempt,
        state=answer.state,
        approved_minor=answer.approved_minor if answer.state is PaymentState.APPROVED else 0,
        reason=answer.reason,
        terminal_reference=answer.terminal_reference or attempt.terminal_reference,
        authorisation=answer.authorisation or attempt.authorisation,
        scheme=answer.scheme or attempt.scheme,
        customer_copy="\n".join(answer.customer_copy) or attempt.customer_copy,
    )
