"""The open basket as it is kept: each change is on disk, with the fact that it makes, before it is shown."""

from collections.abc import Callable
from typing import TypeVar

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, BasketLine
from till_app.domain.errors import DomainError
from till_app.domain.sale import lines_of
from till_app.domain.tender import TenderLine
from till_app.services.bodies import line_body
from till_app.services.open_payments import OpenPayments
from till_app.services.ports import Fact, Ledger
from till_app.services.pricing import Pricing
from till_app.services.workplace import Workplace
from till_app.wire.bodies import BasketVoidedBody, Kind, TenderRemovedBody

_T = TypeVar("_T")


class BasketKeeper:
    """GUI thread only. After an error the basket is as it was."""

    def __init__(
        self, workplace: Workplace, ledger: Ledger, pricing: Pricing, payments: OpenPayments
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._pricing = pricing
        self._payments = payments
        self.basket: Basket | None = None
        """None between two customers. To be read, not changed."""
        self.tenders: tuple[TenderLine, ...] = ()
        self.read_again()
        self.next_customer: BasketCustomer | None = None
        """Of the basket that the first item will open."""

    def read_again(self) -> None:
        """As the ledger has it: when the till starts, and after it took back entries that it had lost."""
        saved = self._ledger.saved_basket()
        self.basket = saved.basket if saved else None
        self.tenders = saved.tenders if saved else ()

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        return self.basket.lines if self.basket else ()

    def new_basket(self) -> Basket:
        """Not yet open."""
        return Basket(self._workplace.new_id(), self._workplace.now_text(), customer=self.next_customer)

    def change_line(
        self,
        change: Callable[[Basket], BasketLine],
        *,
        approved_by: str | None = None,
        fact_of: Callable[[Basket], Fact] | None = None,
    ) -> BasketLine:
        """As `change`; the line as it stands afterwards, with what promotions take off it."""
        changed = self.change(change, approved_by=approved_by, fact_of=fact_of)
        return next(line for line in self.lines if line.line_id == changed.line_id)

    def change(
        self,
        change: Callable[[Basket], _T],
        *,
        approved_by: str | None = None,
        fact_of: Callable[[Basket], Fact] | None = None,
    ) -> _T:
        """Change a copy, save what differs with the fact it makes, then show it.

        Raises DomainError `basket_empty` when a new basket would have nothing in it, and `payment_open` while
        a terminal takes a payment for it.
        """
        self._workplace.require_seller()
        self._workplace.require_session()
        is_new = self.basket is None
        self.require_no_open_payment()
        draft = (self.basket or self.new_basket()).copy(approved_by)
        before = {line.line_id: line for line in draft.all_lines}
        header_before = (draft.age_checked, draft.customer)
        result = change(draft)
        if is_new and draft.is_empty:
            raise DomainError("basket_empty")
        self._pricing.promote(draft)
        with self._ledger.write() as write:
            if is_new or (draft.age_checked, draft.customer) != header_before:
                write.save_basket(draft)
            for line in draft.all_lines:
                if before.get(line.line_id) is not line:
                    write.save_basket_line(draft.uuid, line)
            if fact_of is not None:
                write.record(fact_of(draft))
            write.commit()
        self.basket = draft
        return result

    def remove_tender(self, tender_id: str) -> None:
        """That money went back; it is on record that it was taken."""
        removed = next((tender for tender in self.tenders if tender.tender_id == tender_id), None)
        if removed is not None:
            self.save_tenders(tuple(tender for tender in self.tenders if tender is not removed), removed)

    def save_tenders(self, tenders: tuple[TenderLine, ...], removed: TenderLine | None = None) -> None:
        """Money taken for the open basket is on disk before the screen says so.

        `removed` is one that is no longer among them. A basket without lines is closed as voided when the
        last of its money went back.
        """
        self._workplace.require_seller()
        basket = self.basket
        if basket is None:
            raise DomainError("basket_empty")
        if basket.is_empty and not tenders:
            self.close_voided(basket, removed=removed)
            return
        self.require_no_open_payment()
        with self._ledger.write() as write:
            write.save_tenders(basket.uuid, tenders)
            if removed is not None:
                write.record(self._tender_fact(basket, removed))
            write.commit()
        self.tenders = tenders

    def tenders_saved(self, tenders: tuple[TenderLine, ...]) -> None:
        """What a card terminal did to them is on disk already, with its outcome."""
        self.tenders = tenders

    def close_if_empty(self) -> None:
        """A basket without lines is closed as voided when the last of its money went back; while the till is
        locked it stays for whoever comes."""
        basket = self.basket
        is_somebody_here = self._workplace.operator is not None and not self._workplace.is_locked
        if basket is not None and basket.is_empty and not self.tenders and is_somebody_here:
            self.close_voided(basket)

    def require_no_open_payment(self) -> None:
        """Raises DomainError `payment_open`."""
        if self.basket is not None:
            self._payments.require_none_of(self.basket.uuid)

    def sold(self) -> None:
        """The basket became a sale, which has cleared it on disk."""
        self.basket = None
        self.tenders = ()
        self.next_customer = None

    def _tender_fact(self, basket: Basket, removed: TenderLine) -> Fact:
        body = TenderRemovedBody(
            basket.uuid,
            removed.tender_id,
            removed.kind.value,
            removed.amount_minor,
            self._workplace.require_operator().staff_id,
        )
        return self._workplace.fact(Kind.TENDER_REMOVED, body)

    def close_voided(
        self, basket: Basket, approved_by: str | None = None, removed: TenderLine | None = None
    ) -> None:
        self.require_no_open_payment()
        session = self._workplace.require_session()
        body = BasketVoidedBody(
            uuid=basket.uuid,
            opened_at=basket.opened_at,
            operator_id=self._workplace.require_operator().staff_id,
            total_minor=basket.totals().total_minor,
            lines=[line_body(line) for line in lines_of(basket) + lines_of(basket, voided=True)],
            approved_by=approved_by or basket.approved_by,
        )
        with self._ledger.write() as write:
            if removed is not None:
                write.record(self._tender_fact(basket, removed))
            write.record(self._workplace.fact(Kind.BASKET_VOIDED, body))
            write.count_voided_basket(session.session_id)
            write.clear_basket()
            write.commit()
        self.sold()
