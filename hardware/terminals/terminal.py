"""What every card terminal can do, and the outcomes; each call blocks, on the terminal's own thread.

No card number is in any of these values: drivers mask what a terminal prints (see `masked`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.text_cleaning import clean


class Outcome(StrEnum):
    APPROVED = "approved"
    PARTIALLY_APPROVED = "partially_approved"
    """For `PaymentResult.amount_minor`, which is less than was asked for."""
    DECLINED = "declined"
    """The terminal said so: no money moved."""
    ABORTED = "aborted"
    """Given up at the terminal or by `abort`, and the terminal said so: no money moved."""
    NOT_SENT = "not_sent"
    """Nothing of the request reached the terminal, or it would not begin (`busy`): no money moved."""
    NOT_FOUND = "not_found"
    """The answer to `query`: the terminal knows its transactions and this is none of them."""
    UNKNOWN = "unknown"
    """The request may have reached the terminal and nobody knows what became of it: ask by `query`."""


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    reference: str
    """Ours: unique for each attempt, at most 36 characters."""
    amount_minor: int
    """Positive, also of a refund."""
    currency: str
    """ISO 4217, such as `GBP`."""

    def __post_init__(self) -> None:
        if self.amount_minor <= 0:
            raise ValueError("a terminal is asked for a positive amount")
        if not 1 <= len(self.reference) <= 36:
            raise ValueError("a reference has 1 to 36 characters")


@dataclass(frozen=True, slots=True)
class PaymentResult:
    outcome: Outcome
    amount_minor: int = 0
    """What was approved; 0 unless approved or partially approved."""
    reason: str = ""
    """A stable code: of the terminal's answer, or a DeviceError's."""
    words: str = ""
    """What the terminal shows, for the operator."""
    authorisation: str = ""
    """The code of the card's bank."""
    terminal_reference: str = ""
    """What the terminal calls this transaction: `reverse` and `query` need it where there is one."""
    scheme: str = ""
    """Such as `Visa`."""
    customer_copy: tuple[str, ...] = ()
    """Lines that the terminal wants printed for the customer, masked."""
    merchant_copy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EndOfDayResult:
    is_done: bool
    reason: str = ""
    words: str = ""
    printout: tuple[str, ...] = ()


Progress = Callable[[str], None]
"""Told what the terminal shows meanwhile, such as `Insert card`; called from the thread of the call."""


class CardTerminal(Protocol):
    """One call at a time, but for `abort`. No method raises a DeviceError: outcomes say it."""

    @property
    def can_query(self) -> bool:
        """False for a terminal that cannot be asked about a transaction: a person must look."""
        ...

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult: ...

    def refund(self, request: PaymentRequest, progress: Progress, of: str = "") -> PaymentResult:
        """`of`: the terminal reference of the purchase, where it is known."""
        ...

    def reverse(self, request: PaymentRequest, of: str, progress: Progress) -> PaymentResult:
        """Undo a whole approved transaction of the same day, whose terminal reference is `of`."""
        ...

    def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
        """What became of that request. UNKNOWN: it cannot be told now."""
        ...

    def abort(self) -> None:
        """Ask for the end of the call under way, from any thread; its result tells what came of it."""
        ...

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        """The terminal's own settlement with its bank."""
        ...

    def check(self) -> str:
        """Empty when it is reached and ready; else a reason code."""
        ...

    def close(self) -> None: ...


_LONG_NUMBER = re.compile(r"\d(?:[ -]?\d){11,}")
_CARD_DIGITS = range(12, 20)


def masked(text: str) -> str:
    """A line of a terminal without control characters, and with what may be a card number starred out."""
    text = clean(text)
    while (starred := _LONG_NUMBER.sub(lambda match: _without_card(match.group()), text)) != text:
        text = starred  # the last four digits may be the first of another
    return text


def _without_card(run: str) -> str:
    """Digits in groups, of which any neighbours may be a card number: `4111111111111111 12` has an expiry."""
    groups = re.split(r"([ -])", run)
    for first in range(0, len(groups), 2):
        for last in range(len(groups) - 1, first - 1, -2):
            digits = "".join(groups[first : last + 1 : 2])
            if len(digits) in _CARD_DIGITS and _passes_luhn(digits):
                starred = "*" * (len(digits) - 4) + digits[-4:]
                return "".join([*groups[:first], starred, *groups[last + 1 :]])
    return run


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 if index % 2 else 1) for index, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
