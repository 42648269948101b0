"""A card terminal that is not there, inside the process: for training, demonstration and tests.

It remembers its transactions by reference, in a file if they shall outlive the program, and moves no money.
"""

import threading
from enum import StrEnum
from pathlib import Path

from hardware.simulated.terminal_book import BookEntry, Movement, TerminalBook
from hardware.terminals.currencies import printed_amount
from hardware.terminals.terminal import (
    EndOfDayResult,
    Outcome,
    PaymentRequest,
    PaymentResult,
    Progress,
    masked,
)
from hardware.transports.base import Deadline

_CARD = "4111 1111 1111 1111"
"""A test card of the schemes: it shows in training that receipts carry no card number."""
_SCHEME = "Visa"


class Behaviour(StrEnum):
    """What the next transactions come to, until it is changed."""

    APPROVE = "approve"
    DECLINE = "decline"
    ABORT = "abort"
    """The customer presses the red key."""
    WAIT = "wait"
    """For a card that never comes: it ends by `abort`, or when the terminal's patience does."""
    TIME_OUT = "time_out"
    """No answer comes; a query finds later that the terminal gave it up."""
    LOST_AFTER_APPROVAL = "lost_after_approval"
    """The money moved and the answer is lost; a query finds it."""
    LOST_BEFORE = "lost_before"
    """The link breaks and the terminal never saw the request; a query finds nothing."""
    PARTIAL = "partial"
    """Half of the amount is approved."""
    BUSY = "busy"
    """The terminal does something else and begins nothing."""
    UNREACHABLE = "unreachable"
    """Nothing can be sent, nor asked."""


class SimulatedTerminal:
    """A CardTerminal. `behaviour` and `can_query` may be changed at any time, from any thread."""

    def __init__(
        self,
        behaviour: Behaviour = Behaviour.APPROVE,
        *,
        memory: Path | None = None,
        thinking_s: float = 0.0,
        patience_s: float = 60.0,
    ) -> None:
        """`thinking_s`: how long a customer takes; `patience_s`: how long the terminal waits for a card."""
        self.behaviour = behaviour
        self.can_query = True
        self._thinking_s = thinking_s
        self._patience_s = patience_s
        self._book = TerminalBook(memory)
        self._lock = threading.Lock()
        self._abort = threading.Event()

    @property
    def transactions(self) -> tuple[BookEntry, ...]:
        """The terminal's own truth, whatever the till heard of it."""
        with self._lock:
            return tuple(self._book.entries)

    def purchase(self, request: PaymentRequest, progress: Progress) -> PaymentResult:
        return self._run(Movement.PURCHASE, request, progress)

    def refund(self, request: PaymentRequest, progress: Progress, of: str = "") -> PaymentResult:
        return self._run(Movement.REFUND, request, progress)

    def reverse(self, request: PaymentRequest, of: str, progress: Progress) -> PaymentResult:
        number = int(of) if of.isdecimal() else 0
        with self._lock:
            original = self._book.approved(number)
            refusal = _reversal_refusal(original, request, self._book.is_reversed(number))
        if refusal:
            return PaymentResult(Outcome.DECLINED, reason=refusal, words="Reversal not possible")
        return self._run(Movement.REVERSAL, request, progress, number)

    def query(self, request: PaymentRequest, terminal_reference: str = "") -> PaymentResult:
        if not self.can_query:
            return PaymentResult(Outcome.UNKNOWN, reason="query_impossible")
        if self.behaviour is Behaviour.UNREACHABLE:
            return PaymentResult(Outcome.UNKNOWN, reason="unavailable")
        with self._lock:
            entry = self._book.find(request.reference)
        return PaymentResult(Outcome.NOT_FOUND) if entry is None else _result(entry)

    def abort(self) -> None:
        self._abort.set()

    def end_of_day(self, progress: Progress) -> EndOfDayResult:
        if self.behaviour is Behaviour.UNREACHABLE:
            return EndOfDayResult(False, reason="unavailable")
        if self.behaviour is Behaviour.BUSY:
            return EndOfDayResult(False, reason="busy", words="Please wait")
        progress("End of day")
        with self._lock:
            entries = self._book.open_entries
            self._book.end_day()
        return EndOfDayResult(True, words="End of day done", printout=_end_of_day_printout(entries))

    def check(self) -> str:
        match self.behaviour:
            case Behaviour.UNREACHABLE:
                return "unavailable"
            case Behaviour.BUSY:
                return "busy"
            case _:
                return ""

    def close(self) -> None:
        self._abort.set()

    def _run(
        self, movement: Movement, request: PaymentRequest, progress: Progress, of_number: int = 0
    ) -> PaymentResult:
        self._abort.clear()
        behaviour = self.behaviour
        match behaviour:
            case Behaviour.UNREACHABLE:
                return PaymentResult(Outcome.NOT_SENT, reason="unavailable")
            case Behaviour.BUSY:
                return PaymentResult(Outcome.NOT_SENT, reason="busy", words="Please wait")
            case Behaviour.LOST_BEFORE:
                return PaymentResult(Outcome.UNKNOWN, reason="closed")
        progress("Insert card")
        if refusal := self._wait_for_card(behaviour):
            entry = self._enter(movement, request, 0, refusal, of_number)
        else:
            progress("Please wait")
            entry = self._enter(
                movement, request, _approved_minor(behaviour, request), _refusal(behaviour), of_number
            )
        match behaviour:
            case Behaviour.LOST_AFTER_APPROVAL if entry.approved_minor:
                return PaymentResult(Outcome.UNKNOWN, reason="closed")
            case Behaviour.TIME_OUT:
                return PaymentResult(Outcome.UNKNOWN, reason="timeout")
        return _result(entry)

    def _wait_for_card(self, behaviour: Behaviour) -> str:
        """Empty, or why none came."""
        deadline = Deadline(self._patience_s if behaviour is Behaviour.WAIT else self._thinking_s)
        if self._abort.wait(deadline.remaining_s):
            return "aborted"
        return "time_out" if behaviour is Behaviour.WAIT else ""

    def _enter(
        self, movement: Movement, request: PaymentRequest, approved_minor: int, reason: str, of_number: int
    ) -> BookEntry:
        with self._lock:
            entry = BookEntry(
                reference=request.reference,
                movement=movement,
                asked_minor=request.amount_minor,
                approved_minor=approved_minor,
                currency=request.currency,
                number=self._book.next_number if approved_minor else 0,
                reason=reason,
                of_number=of_number,
            )
            self._book.add(entry)
        return entry


def _approved_minor(behaviour: Behaviour, request: PaymentRequest) -> int:
    match behaviour:
        case Behaviour.APPROVE | Behaviour.LOST_AFTER_APPROVAL:
            return request.amount_minor
        case Behaviour.PARTIAL:
            return (request.amount_minor + 1) // 2
        case _:
            return 0


def _refusal(behaviour: Behaviour) -> str:
    match behaviour:
        case Behaviour.DECLINE:
            return "declined"
        case Behaviour.ABORT:
            return "aborted"
        case Behaviour.TIME_OUT:
            return "time_out"
        case _:
            return ""


def _reversal_refusal(original: BookEntry | None, request: PaymentRequest, is_reversed: bool) -> str:
    if original is None or original.movement is Movement.REVERSAL:
        return "transaction_not_found"
    if original.approved_minor != request.amount_minor:
        return "amount_differs"
    return "already_reversed" if is_reversed else ""


_WORDS = {"declined": "Declined", "aborted": "Cancelled", "time_out": "No card presented"}


def _result(entry: BookEntry) -> PaymentResult:
    if not entry.approved_minor:
        outcome = Outcome.DECLINED if entry.reason == "declined" else Outcome.ABORTED
        return PaymentResult(outcome, reason=entry.reason, words=_WORDS.get(entry.reason, ""))
    is_whole = entry.approved_minor >= entry.asked_minor
    return PaymentResult(
        Outcome.APPROVED if is_whole else Outcome.PARTIALLY_APPROVED,
        amount_minor=entry.approved_minor,
        words="Approved" if is_whole else "Approved in part",
        authorisation=f"{100000 + entry.number}",
        terminal_reference=f"{entry.number:04d}",
        scheme=_SCHEME,
        customer_copy=_receipt(entry, "CUSTOMER COPY"),
        merchant_copy=_receipt(entry, "MERCHANT COPY"),
    )


def _receipt(entry: BookEntry, copy: str) -> tuple[str, ...]:
    lines = (
        "*** TRAINING ***",
        copy,
        entry.movement.upper(),
        f"Receipt {entry.number:04d}",
        f"{_SCHEME} {_CARD}",
        f"Auth {100000 + entry.number}",
        f"TOTAL {printed_amount(entry.approved_minor, entry.currency)}",
    )
    return tuple(map(masked, lines))


def _end_of_day_printout(entries: list[BookEntry]) -> tuple[str, ...]:
    lines = ["*** TRAINING ***", "END OF DAY"]
    for currency in sorted({entry.currency for entry in entries if entry.approved_minor}):
        moved = [entry for entry in entries if entry.currency == currency and entry.approved_minor]
        for movement in Movement:
            amounts = [entry.approved_minor for entry in moved if entry.movement is movement]
            lines.append(f"{movement.capitalize()} {len(amounts)}  {printed_amount(sum(amounts), currency)}")
        lines.append(f"TOTAL {printed_amount(sum(entry.moved_minor for entry in moved), currency)}")
    return tuple(lines)
