"""Payments at this till's card terminal: begun, heard of, asked about, and settled by a person who looked.

A row and an entry are on disk before the terminal hears of a payment, and its outcome comes with the tender.
Nothing here waits for the terminal. After a time-out nobody knows whether money moved: the payment stays open
until the terminal or a person has said, and its basket stays as it is.
"""

import logging
from dataclasses import replace

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.tender import TenderKind, balance_minor, give_back, take_card
from till_app.services.device_ports import PaymentTerminal
from till_app.services.device_status import (
    DeviceHealth,
    PaymentAnswer,
    PaymentProgress,
    PaymentQuestion,
    TerminalSettled,
)
from till_app.services.open_payments import OPEN_STATES, OpenPayments
from till_app.services.payment_answers import PaymentAnswers
from till_app.services.payment_records import PaymentRecords
from till_app.services.payment_views import EndedPayment, PaymentPhase, PendingPayment
from till_app.services.ports import (
    Ledger,
    LedgerUnavailable,
    PaymentAttempt,
    PaymentPurpose,
    PaymentState,
    Printing,
    SyncWaker,
)
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace

log = logging.getLogger(__name__)

LONGEST_REFERENCE = 36
_MOVED = frozenset((PaymentState.APPROVED, PaymentState.SETTLED_BY_HAND))


class CardPayments:
    """GUI thread only. Methods raise DomainError for what the rules refuse and LedgerUnavailable."""

    def __init__(
        self,
        workplace: Workplace,
        selling: Selling,
        ledger: Ledger,
        open_payments: OpenPayments,
        records: PaymentRecords,
        terminal: PaymentTerminal,
        printing: Printing,
        sync: SyncWaker,
    ) -> None:
        self._workplace = workplace
        self._selling = selling
        self._ledger = ledger
        self._open = open_payments
        self._records = records
        self._terminal = terminal
        self._printing = printing
        self._sync = sync
        self._working = ""
        """The attempt that the terminal has since this program runs."""
        self._cancelling = ""
        self._words = ""
        self._question: PaymentQuestion | None = None
        self._answers = PaymentAnswers(ledger, records)
        self.last_ended: EndedPayment | None = None
        self.last_settled: TerminalSettled | None = None
        """The terminal's latest end of day."""
        self.last_slip: bytes | None = None
        """What it wants printed of it, for a till without a printer."""

    # --------------------------------------------------------------- what is so

    @property
    def uses_terminal(self) -> bool:
        """False: the operator keys the amount on a separate terminal."""
        return self._terminal.is_set_up

    @property
    def terminal_health(self) -> DeviceHealth:
        return self._terminal.health()

    @property
    def pending(self) -> PendingPayment | None:
        attempt = self._open.oldest
        if attempt is None:
            return None
        is_working = attempt.attempt_id == self._working and attempt.state is PaymentState.STARTED
        question = self._question
        return PendingPayment(
            attempt,
            PaymentPhase.WORKING if is_working else PaymentPhase.UNKNOWN,
            self._words if is_working else "",
            attempt.attempt_id == self._cancelling,
            question if question is not None and question.attempt_id == attempt.attempt_id else None,
        )

    @property
    def without_sale(self) -> tuple[PaymentAttempt, ...]:
        """Money that moved by card and that no sale has: each must be given back, or be said to have been."""
        return self._records.without_sale

    def at_terminal(self, tender_id: str) -> PaymentAttempt | None:
        """The payment behind a tender, when it is the terminal that must give it back."""
        payment = self._ledger.payment(tender_id)
        return payment if payment is not None and payment.state is PaymentState.APPROVED else None

    def read_again(self) -> None:
        """The till took back entries that it had lost."""
        self._records.read_again()

    # ------------------------------------------------------------------- begin

    def begin_purchase(self, amount_minor: int) -> PaymentAttempt:
        """Raises DomainError `payment_open`, and as `Checkout.pay_card`."""
        take_card("", self._balance_minor(), amount_minor)
        return self._begin(PaymentPurpose.PURCHASE, self._basket_uuid(), amount_minor)

    def begin_refund(self, amount_minor: int) -> PaymentAttempt:
        """Raises DomainError `payment_open`, and as `Checkout.refund`."""
        give_back("", TenderKind.CARD, self._balance_minor(), amount_minor)
        return self._begin(
            PaymentPurpose.REFUND, self._basket_uuid(), amount_minor, of_reference=self._records.original()
        )

    def begin_reversal(self, payment_id: str) -> PaymentAttempt:
        """Take an approved payment back where it was made; its tender goes when the terminal did it.

        Raises DomainError `payment_gone`, `payment_open`.
        """
        payment = self._ledger.payment(payment_id)
        if payment is None or payment.state not in _MOVED:
            raise DomainError("payment_gone")
        return self._begin(
            PaymentPurpose.REVERSAL,
            payment.basket_uuid,
            payment.approved_minor,
            of_attempt=payment_id,
            of_reference=payment.terminal_reference,
        )

    def cancel(self) -> None:
        """Ask the terminal to give up; its answer tells what came of it."""
        pending = self.pending
        if pending is not None:
            self._cancelling = pending.attempt.attempt_id
            self._terminal.abort()

    def ask_now(self) -> None:
        """What became of the open payment? The terminal is asked by itself too, with growing pauses."""
        self._save_what_waits()
        pending = self.pending
        if pending is not None and pending.phase is PaymentPhase.UNKNOWN:
            self._terminal.ask(pending.attempt)

    def settle_by_hand(
        self, attempt_id: str, *, moved: bool, approver: StaffMember | None = None
    ) -> PaymentAttempt:
        """A person looked at the terminal: all of the amount moved, or nothing.

        Raises DomainError `payment_gone` when it is known already, `approval_needed`.
        """
        approved_by = self._workplace.authorise(Permission.CONFIRM_CARD_PAYMENT, approver)
        self._save_what_waits()
        attempt = self._ledger.payment(attempt_id)
        if attempt is None or attempt.state not in OPEN_STATES:
            raise DomainError("payment_gone")
        settled = replace(
            attempt,
            state=PaymentState.SETTLED_BY_HAND,
            approved_minor=attempt.amount_minor if moved else 0,
            reason="by_hand",
        )
        operator = self._workplace.require_operator()
        ended = self._records.end(settled, operator_id=operator.staff_id, approved_by=approved_by)
        self._over(EndedPayment(ended))
        return ended

    def given_back_by_hand(self, payment_id: str, approver: StaffMember | None = None) -> None:
        """A person gave it back at the terminal, which could not do it for the till, or saw that it is.

        Raises DomainError `payment_gone`, `approval_needed`.
        """
        approved_by = self._workplace.authorise(Permission.CONFIRM_CARD_PAYMENT, approver)
        payment = self._ledger.payment(payment_id)
        if payment is None or payment.state not in _MOVED:
            raise DomainError("payment_gone")
        by_hand = replace(payment, reason="by_hand")
        self._records.undo_by_hand(by_hand, self._workplace.require_operator().staff_id, approved_by)
        self._sync.wake()

    def settle_terminal(self, approver: StaffMember | None = None) -> None:
        """The terminal's own end of day. Raises DomainError `approval_needed`, `payment_open`."""
        self._workplace.authorise(Permission.X_REPORT, approver)
        self._open.require_none()
        self.last_settled = self.last_slip = None
        self._terminal.settle()

    # -------------------------------------------------------------------- hear

    def heard(self, news: object) -> None:
        """What the terminal's worker reports.

        Raises LedgerUnavailable when the disk does not take an answer. It is kept in mind then, saved with
        whatever is heard or done next, and the terminal is asked again.
        """
        match news:
            case PaymentProgress(attempt_id=attempt_id, words=words) if attempt_id == self._working:
                self._words = words
            case PaymentQuestion():
                self._question = news
            case PaymentAnswer():
                self._answers.put(news)
            case TerminalSettled():
                self.last_settled = news
                if news.printout:
                    self.last_slip = self._records.add_slip(news.printout).document
                    self._printing.wake()
        self._save_what_waits()

    def _save_what_waits(self) -> None:
        try:
            for ended in self._answers.save():
                self._over(ended)
        except LedgerUnavailable as error:
            log.error("what the card terminal said could not be saved: %s", error)
            pending = self.pending
            if pending is not None and pending.phase is PaymentPhase.WORKING:
                self._working = ""
                self._terminal.ask(pending.attempt)
            raise

    # ------------------------------------------------------------------ inside

    def _begin(
        self,
        purpose: PaymentPurpose,
        basket_uuid: str,
        amount_minor: int,
        *,
        of_attempt: str = "",
        of_reference: str = "",
    ) -> PaymentAttempt:
        operator = self._workplace.require_seller()
        session = self._workplace.require_session()
        if not self._terminal.is_set_up:
            raise DomainError("no_terminal")
        self._open.require_none()
        attempt_id = self._workplace.new_id()
        attempt = PaymentAttempt(
            attempt_id=attempt_id,
            basket_uuid=basket_uuid,
            purpose=purpose,
            reference=_reference(self._workplace.identity.till_code, attempt_id),
            amount_minor=amount_minor,
            currency=self._workplace.shop.currency.code,
            operator_id=operator.staff_id,
            session_id=session.session_id,
            started_at=self._workplace.now_text(),
            terminal=self._terminal.kind,
            of_attempt=of_attempt,
        )
        self._records.begin(attempt)
        self._working, self._cancelling, self._words, self._question = attempt_id, "", "", None
        self.last_ended = None
        self._terminal.pay(attempt, of_reference)
        return attempt

    def _over(self, ended: EndedPayment) -> None:
        if ended.attempt.attempt_id == self._working:
            self._working = self._cancelling = self._words = ""
        self.last_ended = ended
        self._selling.close_if_empty()
        self._sync.wake()
        self._printing.wake()

    def _basket_uuid(self) -> str:
        if self._selling.basket is None:
            raise DomainError("basket_empty")
        return self._selling.basket.uuid

    def _balance_minor(self) -> int:
        basket = self._selling.basket
        return balance_minor(basket.totals().total_minor if basket else 0, self._selling.tenders)


def _reference(till_code: str, attempt_id: str) -> str:
    """Read by people at the terminal's bank: which till, and the part of the id that no other has."""
    tail = attempt_id.replace("-", "")[8:]
    code = "".join(letter for letter in till_code if letter.isascii() and letter.isalnum())
    return f"{code[: LONGEST_REFERENCE - len(tail) - 1]}-{tail}"
