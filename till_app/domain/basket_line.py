"""A line of the open basket: price, name and VAT rate are fixed on it as it is made."""

from dataclasses import dataclass

from till_app.domain.catalogue import Customer, Item, Unit
from till_app.domain.errors import DomainError
from till_app.domain.money import extended_price_minor
from till_app.domain.pricing import EffectivePrice
from till_app.domain.tax import TaxSplit, VatRate, split_gross

MAX_QUANTITY_MILLI = 99_999_000
MAX_LINE_MINOR = 99_999_999
"""A slip of the finger past these is refused rather than sold."""


@dataclass(frozen=True, slots=True)
class ReturnOrigin:
    """The line of an earlier sale that a return line brings back."""

    sale_uuid: str
    receipt_number: str
    line_number: int


@dataclass(frozen=True, slots=True)
class PromotionSaving:
    """What one promotion takes off a line."""

    promotion_id: str
    name: str
    """As printed beside the saving; empty when it is no longer known."""
    amount_minor: int


@dataclass(frozen=True, slots=True)
class BasketCustomer:
    """Who buys, as the basket and the receipt name them."""

    customer_id: str
    name: str

    @classmethod
    def of(cls, customer: Customer) -> "BasketCustomer":
        return cls(customer.customer_id, customer.name)


@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line. A return line has a negative quantity and so negative amounts."""

    line_id: str
    line_number: int
    """1-based, never reused within a basket."""
    item_id: str
    item_code: str
    code: str
    """What was scanned or typed, or the item's own code for a quick key."""
    name: str
    unit: Unit
    department_id: str
    quantity_milli: int
    unit_price_minor: int
    list_price_minor: int | None
    """The catalogue's price when the line was added; None for an open price."""
    vat_code: str
    vat_rate_bp: int
    minimum_age: int = 0
    fixed_price_minor: int | None = None
    """The whole line's price from a price-embedded label; it holds whatever the quantity says."""
    line_discount_minor: int = 0
    basket_discount_minor: int = 0
    """This line's share of the discount on the basket."""
    origin: ReturnOrigin | None = None
    fixed_tax_minor: int | None = None
    """Of a return line: its part of the tax that was charged, so that all parts give back just that."""
    approved_by: str | None = None
    """Who approved of this line what the operator may not do alone."""
    voided: bool = False
    price_list_id: str | None = None
    """Of the list that `list_price_minor` came from; None: the item's own price."""
    is_customer_price: bool = False
    """`list_price_minor` holds only for the basket's customer."""
    promotions: tuple[PromotionSaving, ...] = ()
    """What they take off, worked out again after each change of the basket."""
    batch: str = ""
    """As the scanned code had it."""
    expires_on: str = ""
    """ISO date, as the scanned code had it."""

    @property
    def before_discount_minor(self) -> int:
        if self.fixed_price_minor is not None:
            return self.fixed_price_minor
        return extended_price_minor(self.unit_price_minor, self.quantity_milli)

    @property
    def promotion_minor(self) -> int:
        return sum(saving.amount_minor for saving in self.promotions)

    @property
    def discount_minor(self) -> int:
        """What the customer saves; of a return line, what the customer had saved, negative."""
        return self.line_discount_minor + self.promotion_minor + self.basket_discount_minor

    @property
    def goods_minor(self) -> int:
        """What it costs before its share of the discount on the basket."""
        return self.before_discount_minor - self.line_discount_minor - self.promotion_minor

    @property
    def is_at_list_price(self) -> bool:
        """Nobody typed or labelled another price, and no discount was given by hand on this line."""
        return (
            self.list_price_minor is not None
            and self.unit_price_minor == self.list_price_minor
            and self.line_discount_minor == 0
            and (self.fixed_price_minor is None or self.unit is Unit.KILOGRAM)
        )

    @property
    def gross_minor(self) -> int:
        return self.before_discount_minor - self.discount_minor

    @property
    def tax(self) -> TaxSplit:
        if self.fixed_tax_minor is not None:
            gross_minor = self.gross_minor
            return TaxSplit(gross_minor, gross_minor - self.fixed_tax_minor, self.fixed_tax_minor)
        return split_gross(self.gross_minor, self.vat_rate_bp)

    @property
    def is_return(self) -> bool:
        return self.quantity_milli < 0

    def can_merge(self, other: "BasketLine") -> bool:
        """Whether `other` is more of the same: only whole things sold at the same price, with no discount
        given by hand."""
        return (
            self._is_plain
            and other._is_plain
            and self._sameness == other._sameness
            and self.quantity_milli + other.quantity_milli <= MAX_QUANTITY_MILLI
        )

    @property
    def _is_plain(self) -> bool:
        return (
            self.unit is Unit.EACH
            and not self.voided
            and self.fixed_price_minor is None
            and self.line_discount_minor == self.basket_discount_minor == 0
            and self.origin is None
            and not self.is_return
        )

    @property
    def _sameness(self) -> tuple[object, ...]:
        """With an open price only the code tells what was sold."""
        return (
            self.item_id,
            self.name,
            self.department_id,
            self.unit_price_minor,
            self.list_price_minor,
            self.price_list_id,
            self.vat_code,
            self.vat_rate_bp,
            self.minimum_age,
            self.batch,
            self.expires_on,
            self.code if self.list_price_minor is None else "",
        )


def priced_line(
    line_id: str,
    item: Item,
    rate: VatRate,
    *,
    day: str,
    code: str,
    quantity_milli: int,
    price: EffectivePrice | None = None,
    unit_price_minor: int | None = None,
    fixed_price_minor: int | None = None,
    batch: str = "",
    expires_on: str = "",
) -> BasketLine:
    """A line for an item as the catalogue has it on an ISO day.

    `price` is what it costs then, if not its own price; `unit_price_minor` replaces it or an open one.

    Raises DomainError `price_missing` when nothing says what it costs, and the limits of `Basket.add`.
    """
    listed = price or EffectivePrice(item.price_minor)
    price_minor = listed.price_minor if unit_price_minor is None else unit_price_minor
    if price_minor is None:
        if fixed_price_minor is None:
            raise DomainError("price_missing", item=item.name)
        price_minor = fixed_price_minor
    return BasketLine(
        line_id=line_id,
        line_number=0,
        item_id=item.item_id,
        item_code=item.item_code,
        code=code,
        name=item.name,
        unit=item.unit,
        department_id=item.department_id,
        quantity_milli=quantity_milli,
        unit_price_minor=price_minor,
        list_price_minor=listed.price_minor,
        vat_code=rate.code,
        vat_rate_bp=rate.rate_on(day),
        minimum_age=item.minimum_age,
        fixed_price_minor=fixed_price_minor,
        price_list_id=listed.price_list_id,
        is_customer_price=listed.is_for_customers,
        batch=batch,
        expires_on=expires_on,
    )


def check_line(line: BasketLine) -> None:
    """Raises DomainError as `Basket.add`."""
    if line.quantity_milli == 0:
        raise DomainError("quantity_zero")
    if abs(line.quantity_milli) > MAX_QUANTITY_MILLI:
        raise DomainError("quantity_too_large")
    if line.unit is Unit.EACH and line.quantity_milli % 1000:
        raise DomainError("quantity_not_whole", item=line.name)
    if line.unit_price_minor < 0 or line.before_discount_minor * line.quantity_milli < 0:
        raise DomainError("price_negative", item=line.name)
    if abs(line.before_discount_minor) > MAX_LINE_MINOR:
        raise DomainError("amount_too_large")
    if abs(line.discount_minor) > abs(line.before_discount_minor):
        raise DomainError("discount_too_large")
