"""A completed sale: immutable, every penny stored."""

from dataclasses import dataclass

from till_app.domain.basket import Basket
from till_app.domain.basket_line import BasketCustomer, PromotionSaving, ReturnOrigin
from till_app.domain.catalogue import Unit
from till_app.domain.errors import DomainError
from till_app.domain.ids import receipt_number
from till_app.domain.tax import TaxLine, tax_lines
from till_app.domain.tender import TenderLine, balance_minor


@dataclass(frozen=True, slots=True)
class SaleLine:
    """A line as it was sold; of a return, quantity and amounts are negative."""

    line_number: int
    item_id: str
    item_code: str
    code: str
    name: str
    unit: Unit
    department_id: str
    quantity_milli: int
    unit_price_minor: int
    list_price_minor: int | None
    discount_minor: int
    gross_minor: int
    net_minor: int
    tax_minor: int
    vat_code: str
    vat_rate_bp: int
    minimum_age: int = 0
    origin: ReturnOrigin | None = None
    price_list_id: str | None = None
    """Of the list that `list_price_minor` came from; None: the item's own price."""
    promotions: tuple[PromotionSaving, ...] = ()
    """Parts of `discount_minor`."""
    batch: str = ""
    """As the scanned code had it; with `expires_on` it is on record in the journal alone."""
    expires_on: str = ""
    """ISO date, as the scanned code had it."""


@dataclass(frozen=True, slots=True)
class Sale:
    """A sale, a return, or an exchange that is both."""

    uuid: str
    till_code: str
    counter: int
    session_id: str
    business_date: str
    opened_at: str
    completed_at: str
    operator_id: str
    operator_name: str
    currency: str
    total_minor: int
    lines: tuple[SaleLine, ...]
    tenders: tuple[TenderLine, ...]
    voided_lines: tuple[SaleLine, ...] = ()
    approved_by: str | None = None
    """The staff member who approved what the operator may not do alone."""
    age_checked: int = 0
    customer: BasketCustomer | None = None

    def __post_init__(self) -> None:
        if sum(line.gross_minor for line in self.lines) != self.total_minor:
            raise ValueError("the lines do not sum to the total")
        if balance_minor(self.total_minor, self.tenders) != 0:
            raise ValueError("the tenders do not settle the total")

    @property
    def receipt_number(self) -> str:
        return receipt_number(self.till_code, self.counter)

    @property
    def tax_lines(self) -> tuple[TaxLine, ...]:
        return tax_lines(
            (line.vat_code, line.vat_rate_bp, line.gross_minor, line.tax_minor) for line in self.lines
        )

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.lines)

    @property
    def savings_minor(self) -> int:
        return sum(line.discount_minor for line in self.lines if line.quantity_milli > 0)

    @property
    def change_minor(self) -> int:
        return sum(tender.change_minor for tender in self.tenders)

    @property
    def is_return(self) -> bool:
        """Whether goods only came back."""
        return all(line.quantity_milli < 0 for line in self.lines)


def lines_of(basket: Basket, *, voided: bool = False) -> tuple[SaleLine, ...]:
    """The basket's lines with their pennies taken; the voided ones on request."""
    return tuple(
        SaleLine(
            line_number=line.line_number,
            item_id=line.item_id,
            item_code=line.item_code,
            code=line.code,
            name=line.name,
            unit=line.unit,
            department_id=line.department_id,
            quantity_milli=line.quantity_milli,
            unit_price_minor=line.unit_price_minor,
            list_price_minor=line.list_price_minor,
            discount_minor=line.discount_minor,
            gross_minor=line.tax.gross_minor,
            net_minor=line.tax.net_minor,
            tax_minor=line.tax.tax_minor,
            vat_code=line.vat_code,
            vat_rate_bp=line.vat_rate_bp,
            minimum_age=line.minimum_age,
            origin=line.origin,
            price_list_id=line.price_list_id,
            promotions=line.promotions,
            batch=line.batch,
            expires_on=line.expires_on,
        )
        for line in basket.all_lines
        if line.voided is voided
    )


def complete(
    basket: Basket,
    tenders: tuple[TenderLine, ...],
    *,
    till_code: str,
    counter: int,
    session_id: str,
    business_date: str,
    completed_at: str,
    operator_id: str,
    operator_name: str,
    currency: str,
    approved_by: str | None,
) -> Sale:
    """Close a basket into a sale. Raises DomainError `basket_empty` or `balance_open`."""
    if basket.is_empty:
        raise DomainError("basket_empty")
    total_minor = basket.totals().total_minor
    open_minor = balance_minor(total_minor, tenders)
    if open_minor != 0:
        raise DomainError("balance_open", open_minor=open_minor)
    return Sale(
        uuid=basket.uuid,
        till_code=till_code,
        counter=counter,
        session_id=session_id,
        business_date=business_date,
        opened_at=basket.opened_at,
        completed_at=completed_at,
        operator_id=operator_id,
        operator_name=operator_name,
        currency=currency,
        total_minor=total_minor,
        lines=lines_of(basket),
        tenders=tenders,
        voided_lines=lines_of(basket, voided=True),
        approved_by=approved_by,
        age_checked=basket.age_checked,
        customer=basket.customer,
    )
