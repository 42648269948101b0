"""The card terminal's one worker: a payment at a time, and questions about those whose end nobody knows.

It knows of no basket and keeps nothing: rows are committed before it hears of a payment, and others commit
what it reports. When it starts, it asks about every payment that is still open.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from typing import TypeVar

from hardware.errors import DeviceError, TransientDeviceError
from hardware.terminals.terminal import CardTerminal, Outcome, PaymentResult
from till_app.devices.terminal_answers import OF_PAYMENT, OF_QUESTION, answer_of, request_of
from till_app.devices.terminal_health import RETRY_S, TerminalHealth
from till_app.devices.terminal_opening import OpenTerminal
from till_app.services.device_settings import TerminalSettings
from till_app.services.device_status import (
    DeviceHealth,
    PaymentAnswer,
    PaymentProgress,
    PaymentQuestion,
    TerminalSettled,
)
from till_app.services.ports import LedgerUnavailable, PaymentAttempt, PaymentPurpose, PaymentState

log = logging.getLogger(__name__)

ASK_AGAIN_S = (2.0, 4.0, 8.0, 15.0, 30.0)
"""Between questions about the same payment; the last one stays."""
STOP_WITHIN_S = 5.0

FindSecret = Callable[[str], str | None]
T = TypeVar("T")


class DriverFailed(TransientDeviceError):
    """A fault of the program, not of the terminal."""

    code = "driver_failed"


@dataclass(slots=True)
class _Question:
    attempt: PaymentAttempt
    due_at: float
    """Of the monotonic clock."""
    asked: int = 0


@dataclass(frozen=True, slots=True)
class _Order:
    attempt: PaymentAttempt
    of_reference: str


class TerminalWorker:
    """Implements PaymentTerminal. `on_payment` and `on_health` may be called from any thread."""

    def __init__(
        self,
        settings: TerminalSettings,
        find_secret: FindSecret,
        open_terminal: OpenTerminal,
        open_payments: Callable[[], Sequence[PaymentAttempt]],
        on_payment: Callable[[object], None],
        on_health: Callable[[DeviceHealth], None],
        *,
        monotonic: Callable[[], float] = time.monotonic,
        ask_again_s: Sequence[float] = ASK_AGAIN_S,
        stop_within_s: float = STOP_WITHIN_S,
    ) -> None:
        """`open_payments`: those to ask about at the start."""
        self._settings = settings
        self._find_secret = find_secret
        self._open_terminal = open_terminal
        self._open_payments = open_payments
        self._on_payment = on_payment
        self._monotonic = monotonic
        self._ask_again_s = ask_again_s
        self._stop_within_s = stop_within_s
        self._changed = threading.Condition()
        self._orders: deque[_Order] = deque()
        self._wants_end_of_day = False
        self._questions: dict[str, _Question] = {}
        self._asked: set[str] = set()
        """Payments that this worker was asked about before, or instead of, making them."""
        self._terminal: CardTerminal | None = None
        self._is_stopping = False
        self._is_aborting = False
        self._check_at = 0.0
        self._last_words = ""
        self._health = TerminalHealth(on_health, is_set_up=self.is_set_up)
        self._thread = threading.Thread(target=self._run, name="card-terminal", daemon=True)

    # --------------------------------------------------------------- any thread

    @property
    def kind(self) -> str:
        return self._settings.kind

    @property
    def is_set_up(self) -> bool:
        return self._settings.kind != "keyed"

    def health(self) -> DeviceHealth:
        return self._health.latest

    def start(self) -> None:
        try:
            for attempt in self._open_payments():
                self.ask(attempt)
        except LedgerUnavailable as error:
            log.error("which card payments are open could not be read: %s", error)
        if self.is_set_up:
            self._thread.start()

    def stop(self) -> None:
        """A payment under way is aborted, and after some seconds its line is cut: it is asked about after
        the next start."""
        with self._changed:
            self._is_stopping = True
            self._changed.notify()
        for let_go in (self._abort_now, self._close_now):
            if self._thread.is_alive():
                let_go()
                self._thread.join(self._stop_within_s)
        if self._thread.is_alive():
            log.warning("the card terminal's driver does not come back; it is left behind")

    def pay(self, attempt: PaymentAttempt, of_reference: str = "") -> None:
        if not self.is_set_up:  # the settings changed on its way here
            self._on_payment(PaymentAnswer(attempt.attempt_id, PaymentState.NOT_SENT, reason="no_terminal"))
            return
        with self._changed:
            if attempt.attempt_id in self._asked:
                return  # it may be told already that it was never made
            # After the next payment a terminal's last transaction proves nothing of those before.
            self._questions.clear()
            self._is_aborting = False
            self._orders.append(_Order(attempt, of_reference))
            self._changed.notify()

    def ask(self, attempt: PaymentAttempt) -> None:
        with self._changed:
            now = self._monotonic()
            self._asked.add(attempt.attempt_id)
            self._questions.setdefault(attempt.attempt_id, _Question(attempt, now)).due_at = now
            self._changed.notify()
        if not self.is_set_up:
            self._on_payment(PaymentQuestion(attempt.attempt_id, 0, is_asking=False))

    def abort(self) -> None:
        with self._changed:
            self._is_aborting = True
            not_begun = list(self._orders)
            self._orders.clear()
        for order in not_begun:
            answer = PaymentAnswer(order.attempt.attempt_id, PaymentState.ABORTED, reason="not_begun")
            self._on_payment(answer)
        self._abort_now()

    def settle(self) -> None:
        with self._changed:
            self._wants_end_of_day = True
            self._changed.notify()

    # --------------------------------------------------------------- the thread

    def _run(self) -> None:
        while (work := self._next_work()) is not None:
            try:
                work()
            except Exception:
                log.exception("the card terminal's worker failed; it goes on")
                with self._changed:
                    self._changed.wait(RETRY_S[0])
        self._close_now()

    def _next_work(self) -> Callable[[], None] | None:
        """Payments first, then questions that are due, then looking whether it is there; None to end."""
        with self._changed:
            while not self._is_stopping:
                if self._orders:
                    return partial(self._pay, self._orders.popleft())
                if self._wants_end_of_day:
                    self._wants_end_of_day = False
                    return self._settle
                now = self._monotonic()
                question = min(self._questions.values(), key=lambda each: each.due_at, default=None)
                if question is not None and question.due_at <= now:
                    return partial(self._ask, question)
                if self._check_at <= now:
                    return self._check
                due_at = question.due_at if question is not None else self._check_at
                self._changed.wait(min(due_at, self._check_at) - now)
        return None

    def _pay(self, order: _Order) -> None:
        attempt = order.attempt
        result = self._called(order)
        answer = answer_of(attempt, result, OF_PAYMENT)
        if answer.state is PaymentState.UNKNOWN:
            known = replace(attempt, terminal_reference=result.terminal_reference)
            with self._changed:
                due_at = self._monotonic() + self._ask_again_s[0]
                self._questions[attempt.attempt_id] = _Question(known, due_at)
        self._heard(result)
        self._on_payment(answer)

    def _called(self, order: _Order) -> PaymentResult:
        try:
            terminal = self._opened()
        except DeviceError as error:
            log.info("the card terminal cannot be used: %s", error)
            return PaymentResult(Outcome.NOT_SENT, reason=error.code)
        if self._is_aborting or self._is_stopping:
            return PaymentResult(Outcome.ABORTED, reason="not_begun")
        try:
            return self._requested(terminal, order)
        except Exception:
            log.exception("the card terminal's driver failed: what became of the payment is not known")
            self._close_now()
            return PaymentResult(Outcome.UNKNOWN, reason=DriverFailed.code)

    def _requested(self, terminal: CardTerminal, order: _Order) -> PaymentResult:
        attempt, request = order.attempt, request_of(order.attempt)
        self._last_words = ""

        def progress(words: str) -> None:
            if words != self._last_words:
                self._last_words = words
                self._on_payment(PaymentProgress(attempt.attempt_id, words))
            if self._is_aborting or self._is_stopping:
                terminal.abort()  # the one before may have come when there was nothing to abort yet

        match attempt.purpose:
            case PaymentPurpose.PURCHASE:
                return terminal.purchase(request, progress)
            case PaymentPurpose.REFUND:
                return terminal.refund(request, progress, order.of_reference)
            case PaymentPurpose.REVERSAL:
                return terminal.reverse(request, order.of_reference, progress)

    def _ask(self, question: _Question) -> None:
        attempt_id = question.attempt.attempt_id
        question.asked += 1
        pause_s = self._ask_again_s[min(question.asked, len(self._ask_again_s)) - 1]
        with self._changed:
            question.due_at = inf  # unless somebody wants it asked once more meanwhile
        self._on_payment(PaymentQuestion(attempt_id, question.asked, is_asking=True))
        result, can_query = self._queried(question.attempt)
        self._heard(result)
        answer = answer_of(question.attempt, result, OF_QUESTION)
        is_unknown = answer.state is PaymentState.UNKNOWN
        with self._changed:
            if not is_unknown or not can_query:
                self._questions.pop(attempt_id, None)
            elif question.due_at == inf:
                question.due_at = self._monotonic() + pause_s
        self._on_payment(answer)
        if is_unknown:
            next_in_s = pause_s if can_query else None
            self._on_payment(
                PaymentQuestion(attempt_id, question.asked, is_asking=False, next_in_s=next_in_s)
            )

    def _queried(self, attempt: PaymentAttempt) -> tuple[PaymentResult, bool]:
        """And whether this terminal can be asked at all."""

        def query(terminal: CardTerminal) -> tuple[PaymentResult, bool]:
            if not terminal.can_query:
                return PaymentResult(Outcome.UNKNOWN, reason="query_impossible"), False
            return terminal.query(request_of(attempt), attempt.terminal_reference), True

        try:
            return self._told(query)
        except DeviceError as error:
            return PaymentResult(Outcome.UNKNOWN, reason=error.code), True

    def _settle(self) -> None:
        try:
            result = self._told(lambda terminal: terminal.end_of_day(lambda _words: None))
        except DeviceError as error:
            self._on_payment(TerminalSettled(False, error.code))
            return
        self._on_payment(TerminalSettled(result.is_done, result.reason, result.words, result.printout))

    def _check(self) -> None:
        self._check_at = self._monotonic() + RETRY_S[-1]
        try:
            reason = self._told(lambda terminal: terminal.check())
        except DeviceError as error:
            reason = error.code
        self._check_at = self._monotonic() + self._health.heard(reason)

    def _told(self, ask: Callable[[CardTerminal], T]) -> T:
        """What moves no money. Raises DeviceError, for a driver with a fault too."""
        terminal = self._opened()
        try:
            return ask(terminal)
        except Exception as error:
            self._close_now()
            raise _failed() from error

    def _heard(self, result: PaymentResult) -> None:
        """A call is a check as well; one that somebody broke off or that cannot be asked tells nothing."""
        if result.reason in ("not_begun", "query_impossible"):
            return
        is_trouble = result.outcome in (Outcome.NOT_SENT, Outcome.UNKNOWN)
        self._check_at = self._monotonic() + self._health.heard(result.reason if is_trouble else "")

    def _opened(self) -> CardTerminal:
        """Raises DeviceError."""
        terminal = self._terminal
        if terminal is None:
            name = self._settings.secret_name
            try:
                secret = (self._find_secret(name) if name else None) or ""
                terminal = self._open_terminal(self._settings, secret)
            except DeviceError:
                raise
            except Exception as error:
                raise _failed() from error
            with self._changed:
                self._terminal = terminal
        return terminal

    def _abort_now(self) -> None:
        terminal = self._terminal
        if terminal is not None:
            terminal.abort()

    def _close_now(self) -> None:
        with self._changed:
            terminal, self._terminal = self._terminal, None
        if terminal is not None:
            terminal.close()


def _failed() -> DriverFailed:
    """While the fault is handled: the log says where it is."""
    log.exception("the card terminal's driver failed")
    return DriverFailed("the card terminal's driver failed")
