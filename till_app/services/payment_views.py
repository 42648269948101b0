"""Card payments as a screen shows them: one whose end nobody knows yet, and one that is over."""

from dataclasses import dataclass
from enum import StrEnum

from till_app.services.device_status import PaymentQuestion
from till_app.services.ports import PaymentAttempt


class PaymentPhase(StrEnum):
    WORKING = "working"
    """The terminal has it."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PendingPayment:
    """A payment whose end nobody knows yet, as a screen shows it."""

    attempt: PaymentAttempt
    phase: PaymentPhase
    words: str = ""
    """What the terminal shows."""
    is_cancelling: bool = False
    question: PaymentQuestion | None = None


@dataclass(frozen=True, slots=True)
class EndedPayment:
    attempt: PaymentAttempt
    words: str = ""
    """What the terminal shows."""
    is_surprise: bool = False
    """The terminal says otherwise than what the till went by until now."""
