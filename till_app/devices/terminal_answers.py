"""Between the till's payments and the terminal's: a request for the driver, and its result as an answer."""

from collections.abc import Mapping

from hardware.terminals.terminal import Outcome, PaymentRequest, PaymentResult
from till_app.services.device_status import PaymentAnswer
from till_app.services.ports import PaymentAttempt, PaymentPurpose, PaymentState

OF_PAYMENT: Mapping[Outcome, PaymentState] = {
    Outcome.APPROVED: PaymentState.APPROVED,
    Outcome.PARTIALLY_APPROVED: PaymentState.APPROVED,
    Outcome.DECLINED: PaymentState.DECLINED,
    Outcome.ABORTED: PaymentState.ABORTED,
    Outcome.NOT_SENT: PaymentState.NOT_SENT,
    Outcome.NOT_FOUND: PaymentState.UNKNOWN,
    Outcome.UNKNOWN: PaymentState.UNKNOWN,
}
"""`not_found` answers questions only."""
OF_QUESTION: Mapping[Outcome, PaymentState] = {
    **OF_PAYMENT,
    Outcome.NOT_SENT: PaymentState.UNKNOWN,
    Outcome.NOT_FOUND: PaymentState.NOT_SENT,
}
"""That a question was not sent says nothing of the payment."""


def request_of(attempt: PaymentAttempt) -> PaymentRequest:
    return PaymentRequest(attempt.reference, attempt.amount_minor, attempt.currency)


def answer_of(
    attempt: PaymentAttempt, result: PaymentResult, states: Mapping[Outcome, PaymentState]
) -> PaymentAnswer:
    """`approved` without an amount is the whole amount. A reversal is whole or nothing: of a part of one, a
    person must say what became of it."""
    is_odd = attempt.purpose is PaymentPurpose.REVERSAL and result.outcome is Outcome.PARTIALLY_APPROVED
    is_whole = result.outcome is Outcome.APPROVED and not result.amount_minor
    return PaymentAnswer(
        attempt_id=attempt.attempt_id,
        state=PaymentState.UNKNOWN if is_odd else states[result.outcome],
        approved_minor=attempt.amount_minor if is_whole else result.amount_minor,
        reason="not_found" if result.outcome is Outcome.NOT_FOUND else result.reason,
        words=result.words,
        authorisation=result.authorisation,
        terminal_reference=result.terminal_reference,
        scheme=result.scheme,
        customer_copy=result.customer_copy,
        merchant_copy=result.merchant_copy,
    )
