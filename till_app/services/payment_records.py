"""Card payments on record: an attempt, its journal entry and its tender in one transaction."""

from collections.abc import Sequence
from dataclasses import replace

from till_app.domain.tender import TenderKind, TenderLine, balance_minor
from till_app.services.card_slips import CardSlips
from till_app.services.open_payments import OPEN_STATES, OpenPayments
from till_app.services.ports import (
    Fact,
    JobKind,
    Ledger,
    PaymentAttempt,
    PaymentPurpose,
    PaymentState,
    PrintJob,
)
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace
from till_app.wire.bodies import CardPaymentBody, Kind, TenderRemovedBody


class PaymentRecords:
    """GUI thread only. Methods raise LedgerUnavailable; nothing is changed then."""

    def __init__(
        self,
        workplace: Workplace,
        selling: Selling,
        ledger: Ledger,
        open_payments: OpenPayments,
        slips: CardSlips,
    ) -> None:
        self._workplace = workplace
        self._selling = selling
        self._ledger = ledger
        self._open = open_payments
        self._slips = slips
        self._without_sale: Sequence[PaymentAttempt] = ()
        self.read_again()

    def read_again(self) -> None:
        self._open.read_again()
        self._without_sale = self._ledger.payments_without_sale()

    @property
    def without_sale(self) -> tuple[PaymentAttempt, ...]:
        """Money that moved by card and that neither a sale nor the open basket has."""
        tender_ids = {tender.tender_id for tender in self._selling.tenders}
        return tuple(payment for payment in self._without_sale if payment.attempt_id not in tender_ids)

    def begin(self, attempt: PaymentAttempt) -> None:
        with self._ledger.write() as write:
            write.begin_payment(attempt)
            write.record(self._fact(attempt))
            write.commit()
        self._open.saved(attempt)

    def end(
        self,
        attempt: PaymentAttempt,
        *,
        operator_id: str = "",
        approved_by: str | None = None,
        customer_copy: Sequence[str] = (),
        merchant_copy: Sequence[str] = (),
    ) -> PaymentAttempt:
        """Keep what became of it, and what follows: a tender more, or one that went back.

        Money that fits nowhere stays without an end. A customer's copy goes on the receipt of the sale, or
        is a slip where there will be none. `operator_id`: who said so, when it was not the terminal.
        """
        moved_minor = attempt.approved_minor
        tender = self._tender_for(attempt) if moved_minor else None
        undone = self._undone_by(attempt) if moved_minor else None
        is_placed = not moved_minor or tender is not None or attempt.purpose is PaymentPurpose.REVERSAL
        is_over = attempt.state not in OPEN_STATES and (is_placed or self._has_tender(attempt.attempt_id))
        ended_at = attempt.ended_at or (self._workplace.now_text() if is_over else None)
        ended = replace(attempt, ended_at=ended_at)
        copies = (() if tender is not None else tuple(customer_copy), tuple(merchant_copy))
        self._keep(ended, tender, undone, operator_id, approved_by, [copy for copy in copies if copy])
        return ended

    def undo_by_hand(self, payment: PaymentAttempt, operator_id: str, approved_by: str | None) -> None:
        """A person saw that the money went back."""
        self._keep(None, None, payment, operator_id, approved_by, [])

    def note(self, attempt: PaymentAttempt) -> None:
        """Only on record: what the terminal says of a payment that was settled before."""
        with self._ledger.write() as write:
            write.record(self._fact(attempt))
            write.commit()

    def add_slip(self, lines: Sequence[str]) -> PrintJob:
        """Printed by itself."""
        job = self._slip_job(lines)
        with self._ledger.write() as write:
            write.add_print_job(job)
            write.commit()
        return job

    def original(self) -> str:
        """What the terminal calls the card payment of the sale whose goods come back; empty: not known."""
        for line in self._selling.lines:
            sale = self._ledger.sale(line.origin.sale_uuid) if line.origin is not None else None
            for tender in sale.tenders if sale is not None else ():
                payment = self._ledger.payment(tender.tender_id)
                if payment is not None and payment.terminal_reference:
                    return payment.terminal_reference
        return ""

    def customer_copy(self, tender_id: str) -> Sequence[str]:
        """What the terminal wants printed on the receipt."""
        payment = self._ledger.payment(tender_id)
        return payment.customer_copy.splitlines() if payment is not None else ()

    # ------------------------------------------------------------------ inside

    def _keep(
        self,
        ended: PaymentAttempt | None,
        tender: TenderLine | None,
        undone: PaymentAttempt | None,
        operator_id: str,
        approved_by: str | None,
        slips: Sequence[Sequence[str]],
    ) -> None:
        before = self._selling.tenders
        removed = next((each for each in before if undone and each.tender_id == undone.attempt_id), None)
        after = tuple(each for each in before if each is not removed) + ((tender,) if tender else ())
        reversed_now = undone and replace(
            undone, state=PaymentState.REVERSED, ended_at=self._workplace.now_text()
        )
        basket = self._selling.basket
        with self._ledger.write() as write:
            for each in (ended, reversed_now):
                if each is not None:
                    write.end_payment(each)
                    write.record(self._fact(each, operator_id, approved_by))
            if basket is not None and after != before:
                write.save_tenders(basket.uuid, after)
            if basket is not None and removed is not None:
                who = operator_id or (ended.operator_id if ended is not None else "")
                write.record(self._removed_fact(basket.uuid, removed, who))
            for lines in slips:
                write.add_print_job(self._slip_job(lines))
            write.commit()
        self._selling.tenders_saved(after)
        if ended is not None:
            self._open.saved(ended)
        self._without_sale = self._ledger.payments_without_sale()

    def _tender_for(self, attempt: PaymentAttempt) -> TenderLine | None:
        """None when the basket is not open any more, has it already, or has no room for it."""
        basket = self._selling.basket
        if (
            basket is None
            or basket.uuid != attempt.basket_uuid
            or attempt.purpose is PaymentPurpose.REVERSAL
            or self._has_tender(attempt.attempt_id)
        ):
            return None
        due_minor = balance_minor(basket.totals().total_minor, self._selling.tenders)
        is_refund = attempt.purpose is PaymentPurpose.REFUND
        if attempt.approved_minor > (-due_minor if is_refund else due_minor):
            return None
        amount_minor = -attempt.approved_minor if is_refund else attempt.approved_minor
        return TenderLine(
            attempt.attempt_id, TenderKind.CARD, amount_minor, amount_minor, 0, attempt.authorisation
        )

    def _undone_by(self, reversal: PaymentAttempt) -> PaymentAttempt | None:
        payment = self._ledger.payment(reversal.of_attempt) if reversal.of_attempt else None
        return payment if payment is not None and payment.state is not PaymentState.REVERSED else None

    def _has_tender(self, attempt_id: str) -> bool:
        return any(tender.tender_id == attempt_id for tender in self._selling.tenders)

    def _fact(self, attempt: PaymentAttempt, operator_id: str = "", approved_by: str | None = None) -> Fact:
        body = CardPaymentBody(
            attempt_id=attempt.attempt_id,
            basket_uuid=attempt.basket_uuid,
            purpose=attempt.purpose.value,
            state=attempt.state.value,
            amount_minor=attempt.amount_minor,
            approved_minor=attempt.approved_minor,
            currency=attempt.currency,
            operator_id=operator_id or attempt.operator_id,
            terminal=attempt.terminal,
            reference=attempt.reference,
            terminal_reference=attempt.terminal_reference,
            authorisation=attempt.authorisation,
            scheme=attempt.scheme,
            reason=attempt.reason,
            of_attempt=attempt.of_attempt,
            approved_by=approved_by,
        )
        return self._workplace.fact(Kind.CARD_PAYMENT, body)

    def _removed_fact(self, basket_uuid: str, removed: TenderLine, operator_id: str) -> Fact:
        body = TenderRemovedBody(
            basket_uuid, removed.tender_id, removed.kind.value, removed.amount_minor, operator_id
        )
        return self._workplace.fact(Kind.TENDER_REMOVED, body)

    def _slip_job(self, lines: Sequence[str]) -> PrintJob:
        return PrintJob(
            self._workplace.new_id(),
            JobKind.CARD_SLIP,
            self._slips.title(),
            self._slips.slip(lines),
            self._workplace.now_text(),
        )
