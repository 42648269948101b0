"""The open basket as a use case: scan, add, change, void. Each change is on disk before it is shown."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from till_app.domain.barcode import (
    UK_LAYOUTS,
    InStoreLayout,
)
from till_app.domain.basket import Basket, BasketLine, priced_line
from till_app.domain.catalogue import Item, StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.money import divide_half_away
from till_app.domain.permissions import Permission
from till_app.domain.sale import lines_of
from till_app.domain.tender import TenderLine
from till_app.services.bodies import line_body
from till_app.services.ports import Catalogue, Fact, Ledger
from till_app.services.scanning import (
    ONE_MILLI,
    Added,
    AddResult,
    Ambiguous,
    Blocked,
    Misread,
    NeedsAgeCheck,
    NeedsPrice,
    NeedsWeight,
    Pending,
    ReceiptScanned,
    Scanning,
    ScanResult,
    Unknown,
    keyed,
)
from till_app.services.workplace import Workplace
from till_app.wire.bodies import AgeCheckBody, BasketVoidedBody, Kind

_T = TypeVar("_T")


class Selling:
    """GUI thread only. Methods raise DomainError for what the rules refuse and LedgerUnavailable for the
    disk; the basket is then as it was."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        catalogue: Catalogue,
        layouts: tuple[InStoreLayout, ...] = UK_LAYOUTS,
        *,
        combine_lines: bool = True,
    ) -> None:
        """`combine_lines`: the same thing scanned again raises a line's quantity instead of adding a line."""
        self._workplace = workplace
        self._ledger = ledger
        self._catalogue = catalogue
        self._scanning = Scanning(catalogue, layouts)
        self._combine_lines = combine_lines
        saved = ledger.saved_basket()
        self._basket = saved.basket if saved else None
        self._tenders = saved.tenders if saved else ()

    # ------------------------------------------------------------ what is open

    @property
    def basket(self) -> Basket | None:
        """None between two customers. To be read, not changed."""
        return self._basket

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        return self._basket.lines if self._basket else ()

    @property
    def is_open(self) -> bool:
        return self._basket is not None

    @property
    def tenders(self) -> tuple[TenderLine, ...]:
        return self._tenders

    # ------------------------------------------------------------- what comes in

    def scan(self, raw: str, quantity_milli: int | None = None) -> ScanResult:
        """A scanned or fully typed code, `quantity_milli` of it when the operator keyed one before."""
        found = self.look_up(raw, quantity_milli)
        if not isinstance(found, tuple):
            return found
        return self.add(found[0]) if len(found) == 1 else Ambiguous(found[0].code, found)

    def look_up(
        self, raw: str, quantity_milli: int | None = None
    ) -> tuple[Pending, ...] | Unknown | Misread | ReceiptScanned:
        """As `Scanning.look_up`."""
        return self._scanning.look_up(raw, quantity_milli)

    def pick(self, item: Item, quantity_milli: int | None = None) -> AddResult:
        """An item that was chosen from a list or a quick key, `quantity_milli` of it as for `scan`."""
        return self.add(keyed(item, item.plu or item.item_code, quantity_milli))

    def add(self, pending: Pending, *, age_confirmed: bool = False) -> AddResult:
        """Put an item into the basket, or say what is still to be asked."""
        item = pending.item
        if item.blocked:
            return Blocked(item)
        self._workplace.require_seller()
        self._workplace.require_session()
        if pending.fixed_price_minor is None:
            if item.price_minor is None and pending.unit_price_minor is None:
                return NeedsPrice(pending)
            if item.is_weighed and pending.quantity_milli is None:
                return NeedsWeight(pending)
        confirmed = self._basket.age_checked if self._basket else 0
        if item.minimum_age > confirmed and not age_confirmed:
            return NeedsAgeCheck(pending)
        line = self._priced(pending, _positive_milli(pending))
        if item.minimum_age > confirmed:
            return Added(self._add_with_age_check(line, item))
        return Added(self._change(lambda basket: self._put_in(basket, line)))

    def add_return_without_receipt(self, pending: Pending, approver: StaffMember | None = None) -> BasketLine:
        """A negative line that names no sale: `pending.quantity_milli` (positive) goes back into stock.

        Raises DomainError `weight_missing`, `price_missing`, `approval_needed`, and as `add`.
        """
        if pending.item.is_weighed and pending.quantity_milli is None:
            raise DomainError("weight_missing", item=pending.item.name)
        line = self._priced(pending, -_positive_milli(pending))
        return self._change_approved(
            Permission.RETURN_WITHOUT_RECEIPT, approver, lambda basket: self._put_in(basket, line)
        )

    def add_return_lines(self, lines: Sequence[BasketLine], approver: StaffMember | None = None) -> None:
        """Lines made by `domain.returns.return_line`, all or none."""
        self._change_approved(
            Permission.RETURN, approver, lambda basket: [self._put_in(basket, line) for line in lines]
        )

    def refuse_age(self, pending: Pending) -> None:
        """The customer could not show to be old enough; the refusal is kept."""
        uuid = self._basket.uuid if self._basket else ""
        with self._ledger.write() as write:
            write.record(self._age_fact(uuid, pending.item, passed=False))
            write.commit()

    def _priced(self, pending: Pending, quantity_milli: int) -> BasketLine:
        item = pending.item
        rate = self._catalogue.vat_rate(item.vat_code)
        if rate is None:
            raise DomainError("vat_code_unknown", item=item.name, vat_code=item.vat_code)
        sign = 1 if quantity_milli > 0 else -1
        fixed_minor = pending.fixed_price_minor
        if fixed_minor is not None:
            if item.is_weighed and item.price_minor:
                quantity_milli = sign * max(1, divide_half_away(fixed_minor * 1000, item.price_minor))
            fixed_minor *= sign
        return priced_line(
            self._workplace.new_id(),
            item,
            rate,
            code=pending.code,
            quantity_milli=quantity_milli,
            unit_price_minor=pending.unit_price_minor,
            fixed_price_minor=fixed_minor,
        )

    # ------------------------------------------------------------- what changes

    def set_quantity(self, line_id: str, quantity_milli: int) -> BasketLine:
        return self._change(lambda basket: basket.set_quantity(line_id, quantity_milli))

    def set_unit_price(
        self, line_id: str, unit_price_minor: int, approver: StaffMember | None = None
    ) -> BasketLine:
        return self._change_approved(
            Permission.OVERRIDE_PRICE,
            approver,
            lambda basket: basket.set_unit_price(line_id, unit_price_minor),
        )

    def discount_line_percent(
        self, line_id: str, rate_bp: int, approver: StaffMember | None = None
    ) -> BasketLine:
        return self._change_approved(
            Permission.DISCOUNT, approver, lambda basket: basket.discount_line_percent(line_id, rate_bp)
        )

    def discount_line(
        self, line_id: str, discount_minor: int, approver: StaffMember | None = None
    ) -> BasketLine:
        return self._change_approved(
            Permission.DISCOUNT, approver, lambda basket: basket.discount_line(line_id, discount_minor)
        )

    def discount_basket(self, discount_minor: int, approver: StaffMember | None = None) -> None:
        self._change_approved(
            Permission.DISCOUNT, approver, lambda basket: basket.discount_basket(discount_minor)
        )

    def discount_basket_percent(self, rate_bp: int, approver: StaffMember | None = None) -> None:
        self._change_approved(
            Permission.DISCOUNT, approver, lambda basket: basket.discount_basket_percent(rate_bp)
        )

    def void_line(self, line_id: str) -> None:
        """The line stays on record. A basket without lines and tenders is closed as voided."""
        last = self._basket.copy() if self._basket else self._new_basket()
        last.void_line(line_id)
        if last.is_empty and not self._tenders:
            self._close_voided(last)
        else:
            self._change(lambda basket: basket.void_line(line_id))

    def void_basket(self, approver: StaffMember | None = None) -> None:
        """Raises DomainError `tenders_taken` while money was taken for it: give that back first."""
        approved_by = self._workplace.authorise(Permission.VOID_BASKET, approver)
        if self._tenders:
            raise DomainError("tenders_taken")
        if self._basket is not None:
            self._close_voided(self._basket, approved_by)

    def save_tenders(self, tenders: tuple[TenderLine, ...]) -> None:
        """Money taken for the open basket is on disk before the screen says so.

        A basket without lines is closed as voided when the last of its money went back.
        """
        self._workplace.require_seller()
        basket = self._basket
        if basket is None:
            raise DomainError("basket_empty")
        if basket.is_empty and not tenders:
            self._close_voided(basket)
            return
        with self._ledger.write() as write:
            write.save_tenders(basket.uuid, tenders)
            write.commit()
        self._tenders = tenders

    def sold(self) -> None:
        """The basket became a sale, which has cleared it on disk."""
        self._basket = None
        self._tenders = ()

    # ------------------------------------------------------------------ inside

    def _change_approved(
        self, permission: Permission, approver: StaffMember | None, change: Callable[[Basket], _T]
    ) -> _T:
        return self._change(change, approved_by=self._workplace.authorise(permission, approver))

    def _change(
        self,
        change: Callable[[Basket], _T],
        *,
        approved_by: str | None = None,
        fact_of: Callable[[Basket], Fact] | None = None,
    ) -> _T:
        """Change a copy, save what differs with the fact it makes, then show it.

        Raises DomainError `basket_empty` when a new basket would have nothing in it.
        """
        self._workplace.require_seller()
        self._workplace.require_session()
        is_new = self._basket is None
        draft = (self._basket or self._new_basket()).copy(approved_by)
        before = {line.line_id: line for line in draft.all_lines}
        age_before = draft.age_checked
        result = change(draft)
        if is_new and draft.is_empty:
            raise DomainError("basket_empty")
        with self._ledger.write() as write:
            if is_new or draft.age_checked != age_before:
                write.save_basket(draft)
            for line in draft.all_lines:
                if before.get(line.line_id) is not line:
                    write.save_basket_line(draft.uuid, line)
            if fact_of is not None:
                write.record(fact_of(draft))
            write.commit()
        self._basket = draft
        return result

    def _put_in(self, basket: Basket, line: BasketLine) -> BasketLine:
        return basket.add(line, combine=self._combine_lines)

    def _new_basket(self) -> Basket:
        return Basket(self._workplace.new_id(), self._workplace.now_text())

    def _add_with_age_check(self, line: BasketLine, item: Item) -> BasketLine:
        def change(basket: Basket) -> BasketLine:
            basket.age_checked = max(basket.age_checked, item.minimum_age)
            return self._put_in(basket, line)

        return self._change(change, fact_of=lambda basket: self._age_fact(basket.uuid, item, passed=True))

    def _age_fact(self, basket_uuid: str, item: Item, *, passed: bool) -> Fact:
        operator = self._workplace.require_operator()
        return self._workplace.fact(
            Kind.AGE_CHECK,
            AgeCheckBody(basket_uuid, item.item_id, item.name, item.minimum_age, passed, operator.staff_id),
        )

    def _close_voided(self, basket: Basket, approved_by: str | None = None) -> None:
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
            write.record(self._workplace.fact(Kind.BASKET_VOIDED, body))
            write.count_voided_basket(session.session_id)
            write.clear_basket()
            write.commit()
        self.sold()


def _positive_milli(pending: Pending) -> int:
    quantity_milli = ONE_MILLI if pending.quantity_milli is None else pending.quantity_milli
    if quantity_milli < 0:
        raise DomainError("quantity_negative")
    if quantity_milli == 0:
        raise DomainError("quantity_zero")
    return quantity_milli
