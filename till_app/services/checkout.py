"""Tendering and completing a sale: all that it is in one transaction, and only then drawer and receipt."""

from dataclasses import dataclass
from itertools import count

from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.reports import cash_movements_of
from till_app.domain.sale import Sale, complete
from till_app.domain.tender import (
    TenderKind,
    TenderLine,
    balance_minor,
    give_back,
    suggested_cash_minor,
    take_card,
    take_cash,
)
from till_app.services.bodies import sale_body
from till_app.services.device_ports import CashDrawer
from till_app.services.device_status import DrawerOpening, OpeningReason
from till_app.services.ports import JobKind, Ledger, PaymentState, Printing, PrintJob, SyncWaker
from till_app.services.receipts import ReceiptWriter
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind


@dataclass(frozen=True, slots=True)
class CompletedSale:
    """What the screen shows while the drawer is open."""

    sale: Sale
    print_job_id: str


class Checkout:
    """Settles the open basket of `Selling`. GUI thread only; nothing here waits for a device or the hub."""

    def __init__(
        self,
        workplace: Workplace,
        selling: Selling,
        ledger: Ledger,
        receipts: ReceiptWriter,
        drawer: CashDrawer,
        printing: Printing,
        sync: SyncWaker,
    ) -> None:
        self._workplace = workplace
        self._selling = selling
        self._ledger = ledger
        self._receipts = receipts
        self._drawer = drawer
        self._printing = printing
        self._sync = sync
        self.last_completed: CompletedSale | None = None
        """The sale whose change is being given, until the next one."""

    @property
    def total_minor(self) -> int:
        basket = self._selling.basket
        return basket.totals().total_minor if basket else 0

    @property
    def balance_minor(self) -> int:
        """Positive: still to pay; negative: still to give back; zero: ready to complete."""
        return balance_minor(self.total_minor, self._selling.tenders)

    @property
    def suggestions_minor(self) -> tuple[int, ...]:
        """Sums of cash that the customer may hand over, the exact one first."""
        return suggested_cash_minor(self.balance_minor, self._workplace.shop.currency)

    @property
    def refund_kind(self) -> TenderKind:
        """How money goes back unless the customer agrees otherwise: as it came, else in cash."""
        for line in self._selling.lines:
            if line.origin is not None:
                sale = self._ledger.sale(line.origin.sale_uuid)
                if sale is not None and sale.tenders:
                    return max(sale.tenders, key=lambda tender: tender.amount_minor).kind
        return TenderKind.CASH

    def pay_cash(self, given_minor: int) -> TenderLine:
        """Raises DomainError `nothing_to_pay`, `amount_not_positive`, `amount_too_large`."""
        return self._keep(take_cash(self._workplace.new_id(), self.balance_minor, given_minor))

    def pay_card(self, amount_minor: int, reference: str = "") -> TenderLine:
        """After the separate terminal approved it. Raises as `pay_cash`, and `card_over_balance`."""
        return self._keep(take_card(self._workplace.new_id(), self.balance_minor, amount_minor, reference))

    def refund(self, kind: TenderKind, amount_minor: int, reference: str = "") -> TenderLine:
        """Give back a positive amount. Raises DomainError `nothing_to_pay`, `refund_over_balance`."""
        return self._keep(
            give_back(self._workplace.new_id(), kind, self.balance_minor, amount_minor, reference)
        )

    def remove_tender(self, tender_id: str) -> None:
        """The money went back: cash handed back, or the card payment reversed on its separate terminal.

        Raises DomainError `reverse_first` for one that this till's terminal took.
        """
        payment = self._ledger.payment(tender_id)
        if payment is not None and payment.state is PaymentState.APPROVED:
            raise DomainError("reverse_first", amount_minor=payment.approved_minor)
        self._selling.remove_tender(tender_id)

    def complete(self, approver: StaffMember | None = None) -> CompletedSale:
        """Close the basket. Raises DomainError `basket_empty`, `balance_open`, `approval_needed`,
        `not_permitted`, `payment_open`.

        The sale, its number, its journal entry, its cash movements and its receipt job are committed
        together; only then do drawer and printer hear of it.
        """
        basket = self._selling.basket
        if basket is None:
            raise DomainError("basket_empty")
        operator = self._workplace.require_seller()
        session = self._workplace.require_session()
        self._selling.require_no_open_payment()
        identity = self._workplace.identity
        approved_by = basket.approved_by
        if any(line.is_return for line in basket.lines):
            approved_by = self._workplace.authorise(Permission.RETURN, approver) or approved_by
        tenders = self._selling.tenders
        drawer_opened_for = self._drawer.opens_for(
            [tender.kind.value for tender in tenders], sum(tender.change_minor for tender in tenders)
        )
        with self._ledger.write() as write:
            sale = complete(
                basket,
                self._selling.tenders,
                till_code=identity.till_code,
                counter=write.next_receipt_counter(),
                session_id=session.session_id,
                business_date=session.business_date,
                completed_at=self._workplace.now_text(),
                operator_id=operator.staff_id,
                operator_name=operator.name,
                currency=self._workplace.shop.currency.code,
                approved_by=approved_by,
            )
            movements = cash_movements_of(sale, (self._workplace.new_id() for _ in count()))
            write.add_sale(sale)
            for movement in movements:
                write.add_movement(movement)
            body = sale_body(sale, movements, drawer_opened_for=drawer_opened_for)
            write.record(self._workplace.fact(Kind.SALE, body))
            job = PrintJob(
                self._workplace.new_id(),
                JobKind.RECEIPT,
                self._receipts.title(sale),
                self._receipts.receipt(sale),
                sale.completed_at,
            )
            write.add_print_job(job)
            write.clear_basket()
            write.commit()
        self._selling.sold()
        completed = self.last_completed = CompletedSale(sale, job.job_id)
        if drawer_opened_for:
            self._drawer.open(
                DrawerOpening(OpeningReason.SALE, operator.staff_id, session.session_id, sale.receipt_number)
            )
        self._printing.wake()
        self._sync.wake()
        return completed

    def _keep(self, tender: TenderLine) -> TenderLine:
        self._selling.save_tenders((*self._selling.tenders, tender))
        return tender
