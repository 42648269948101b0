"""The open basket as a use case: scan, add, change, void. Each change is on disk before it is shown."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, BasketLine
from till_app.domain.catalogue import Customer, Item, StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.permissions import Permission
from till_app.domain.pricing import EffectivePrice
from till_app.domain.tender import TenderLine
from till_app.services.basket_keeping import BasketKeeper
from till_app.services.open_payments import OpenPayments
from till_app.services.ports import Catalogue, Fact, Ledger
from till_app.services.pricing import Pricing
from till_app.services.scanning import (
    ONE_MILLI,
    Added,
    AddResult,
    Ambiguous,
    Blocked,
    Expired,
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
from till_app.services.settings import LiveSettings
from till_app.services.workplace import Workplace
from till_app.wire.bodies import AgeCheckBody, Kind, PriceOverriddenBody

_T = TypeVar("_T")


class Selling:
    """GUI thread only. Methods raise DomainError for what the rules refuse and LedgerUnavailable for the
    disk; the basket is then as it was."""

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        catalogue: Catalogue,
        settings: LiveSettings,
        payments: OpenPayments,
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._settings = settings
        self._pricing = Pricing(workplace, catalogue)
        self._scanning = Scanning(workplace, catalogue, lambda: settings.label_layouts)
        self._kept = BasketKeeper(workplace, ledger, self._pricing, payments)

    # ------------------------------------------------------------ what is open

    @property
    def basket(self) -> Basket | None:
        """None between two customers. To be read, not changed."""
        return self._kept.basket

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        return self._kept.lines

    @property
    def is_open(self) -> bool:
        return self._kept.basket is not None

    @property
    def tenders(self) -> tuple[TenderLine, ...]:
        return self._kept.tenders

    @property
    def customer(self) -> BasketCustomer | None:
        """Who buys, if the till was told."""
        return self._kept.basket.customer if self._kept.basket else self._kept.next_customer

    def price_of(self, item: Item) -> EffectivePrice:
        """What it would cost if it were added now."""
        return self._pricing.price_of(item, self.customer)

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
        has_expired = pending.has_expired(self._workplace.business_date)
        if has_expired and pending.expiry_accepted_by is None:
            return Expired(pending, pending.expires_on)
        if pending.fixed_price_minor is None:
            if item.price_minor is None and pending.unit_price_minor is None:
                return NeedsPrice(pending)
            if item.is_weighed and pending.quantity_milli is None:
                return NeedsWeight(pending)
        confirmed = self._kept.basket.age_checked if self._kept.basket else 0
        if item.minimum_age > confirmed and not age_confirmed:
            return NeedsAgeCheck(pending)
        line = self._pricing.line(pending, _positive_milli(pending), self.customer)
        approved_by = pending.expiry_accepted_by if has_expired else None
        if item.minimum_age > confirmed:
            return Added(self._add_with_age_check(line, item, approved_by))
        return Added(
            self._kept.change_line(lambda basket: self._put_in(basket, line), approved_by=approved_by)
        )

    def add_expired(self, pending: Pending, approver: StaffMember | None = None) -> AddResult:
        """As `add`, past the date in its code; who accepted that is on the line.

        Raises DomainError `approval_needed`, and as `add`.
        """
        accepted_by = self._workplace.authorise(Permission.SELL_EXPIRED, approver)
        operator = self._workplace.require_operator()
        return self.add(replace(pending, expiry_accepted_by=accepted_by or operator.staff_id))

    def add_return_without_receipt(self, pending: Pending, approver: StaffMember | None = None) -> BasketLine:
        """A negative line that names no sale: `pending.quantity_milli` (positive) goes back into stock.

        Raises DomainError `weight_missing`, `price_missing`, `approval_needed`, and as `add`.
        """
        has_price = pending.fixed_price_minor is not None
        if pending.item.is_weighed and pending.quantity_milli is None and not has_price:
            raise DomainError("weight_missing", item=pending.item.name)
        line = self._pricing.line(pending, -_positive_milli(pending), self.customer)
        return self._kept.change_line(
            lambda basket: self._put_in(basket, line),
            approved_by=self._workplace.authorise(Permission.RETURN_WITHOUT_RECEIPT, approver),
        )

    def add_return_lines(self, lines: Sequence[BasketLine], approver: StaffMember | None = None) -> None:
        """Lines made by `domain.returns.return_line`, all or none."""
        self._change_approved(
            Permission.RETURN, approver, lambda basket: [self._put_in(basket, line) for line in lines]
        )

    def refuse_age(self, pending: Pending) -> None:
        """The customer could not show to be old enough; the refusal is kept."""
        uuid = self._kept.basket.uuid if self._kept.basket else ""
        with self._ledger.write() as write:
            write.record(self._age_fact(uuid, pending.item, passed=False))
            write.commit()

    # ------------------------------------------------------------- what changes

    def set_quantity(self, line_id: str, quantity_milli: int) -> BasketLine:
        return self._kept.change_line(lambda basket: basket.set_quantity(line_id, quantity_milli))

    def set_unit_price(
        self, line_id: str, unit_price_minor: int, approver: StaffMember | None = None
    ) -> BasketLine:
        """Another price by hand; who did it, and who approved, is on record."""
        approved_by = self._workplace.authorise(Permission.OVERRIDE_PRICE, approver)
        before = next((line for line in self.lines if line.line_id == line_id), None)

        def fact_of(basket: Basket) -> Fact:
            line = basket.line(line_id)
            body = PriceOverriddenBody(
                basket_uuid=basket.uuid,
                line_number=line.line_number,
                item_id=line.item_id,
                item_name=line.name,
                from_minor=before.unit_price_minor if before else None,
                to_minor=unit_price_minor,
                operator_id=self._workplace.require_operator().staff_id,
                approved_by=approved_by,
            )
            return self._workplace.fact(Kind.PRICE_OVERRIDDEN, body)

        return self._kept.change_line(
            lambda basket: basket.set_unit_price(line_id, unit_price_minor),
            approved_by=approved_by,
            fact_of=fact_of,
        )

    def set_customer(self, customer: Customer | None) -> None:
        """Who buys; None: nobody that the till knows. Before the first item it waits for it, off the disk.

        What happens to prices in the basket: `Pricing.set_customer`.
        """
        named = BasketCustomer.of(customer) if customer else None
        if self._kept.basket is None:
            self._workplace.require_seller()
            self._kept.next_customer = named
        else:
            self._kept.change(lambda basket: self._pricing.set_customer(basket, named))

    def discount_line_percent(
        self, line_id: str, rate_bp: int, approver: StaffMember | None = None
    ) -> BasketLine:
        return self._kept.change_line(
            lambda basket: basket.discount_line_percent(line_id, rate_bp),
            approved_by=self._workplace.authorise(Permission.DISCOUNT, approver),
        )

    def discount_line(
        self, line_id: str, discount_minor: int, approver: StaffMember | None = None
    ) -> BasketLine:
        return self._kept.change_line(
            lambda basket: basket.discount_line(line_id, discount_minor),
            approved_by=self._workplace.authorise(Permission.DISCOUNT, approver),
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
        last = self._kept.basket.copy() if self._kept.basket else self._kept.new_basket()
        last.void_line(line_id)
        if last.is_empty and not self._kept.tenders:
            self._kept.close_voided(last)
        else:
            self._kept.change(lambda basket: basket.void_line(line_id))

    def void_basket(self, approver: StaffMember | None = None) -> None:
        """Raises DomainError `tenders_taken` while money was taken for it: give that back first."""
        approved_by = self._workplace.authorise(Permission.VOID_BASKET, approver)
        if self._kept.tenders:
            raise DomainError("tenders_taken")
        if self._kept.basket is not None:
            self._kept.close_voided(self._kept.basket, approved_by)

    def save_tenders(self, tenders: tuple[TenderLine, ...]) -> None:
        """As `BasketKeeper.save_tenders`."""
        self._kept.save_tenders(tenders)

    def remove_tender(self, tender_id: str) -> None:
        """That money went back; it is on record that it was taken."""
        self._kept.remove_tender(tender_id)

    def tenders_saved(self, tenders: tuple[TenderLine, ...]) -> None:
        """As `BasketKeeper.tenders_saved`."""
        self._kept.tenders_saved(tenders)

    def close_if_empty(self) -> None:
        """As `BasketKeeper.close_if_empty`."""
        self._kept.close_if_empty()

    def require_no_open_payment(self) -> None:
        """As `BasketKeeper.require_no_open_payment`."""
        self._kept.require_no_open_payment()

    def read_again(self) -> None:
        """As `BasketKeeper.read_again`."""
        self._kept.read_again()

    def sold(self) -> None:
        """The basket became a sale, which has cleared it on disk."""
        self._kept.sold()

    # ------------------------------------------------------------------ inside

    def _change_approved(
        self, permission: Permission, approver: StaffMember | None, change: Callable[[Basket], _T]
    ) -> _T:
        return self._kept.change(change, approved_by=self._workplace.authorise(permission, approver))

    def _put_in(self, basket: Basket, line: BasketLine) -> BasketLine:
        return basket.add(line, combine=self._settings.current.combine_lines)

    def _add_with_age_check(self, line: BasketLine, item: Item, approved_by: str | None) -> BasketLine:
        def change(basket: Basket) -> BasketLine:
            basket.age_checked = max(basket.age_checked, item.minimum_age)
            return self._put_in(basket, line)

        return self._kept.change_line(
            change,
            approved_by=approved_by,
            fact_of=lambda basket: self._age_fact(basket.uuid, item, passed=True),
        )

    def _age_fact(self, basket_uuid: str, item: Item, *, passed: bool) -> Fact:
        operator = self._workplace.require_operator()
        return self._workplace.fact(
            Kind.AGE_CHECK,
            AgeCheckBody(basket_uuid, item.item_id, item.name, item.minimum_age, passed, operator.staff_id),
        )


def _positive_milli(pending: Pending) -> int:
    quantity_milli = ONE_MILLI if pending.quantity_milli is None else pending.quantity_milli
    if quantity_milli < 0:
        raise DomainError("quantity_negative")
    if quantity_milli == 0:
        raise DomainError("quantity_zero")
    return quantity_milli
