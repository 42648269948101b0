"""The open basket: lines whose price, name and VAT rate are fixed as they are added, and what they sum to.

A basket is changed only through its methods; the lines themselves are immutable, so whoever shows or
stores one may keep it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from till_app.domain.catalogue import Item, Unit
from till_app.domain.errors import DomainError
from till_app.domain.money import allocate_minor, divide_half_away, extended_price_minor, share_of_minor
from till_app.domain.tax import TaxLine, TaxSplit, VatRate, split_gross, tax_lines

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

    @property
    def before_discount_minor(self) -> int:
        if self.fixed_price_minor is not None:
            return self.fixed_price_minor
        return extended_price_minor(self.unit_price_minor, self.quantity_milli)

    @property
    def discount_minor(self) -> int:
        """What the customer saves; of a return line, what the customer had saved, negative."""
        return self.line_discount_minor + self.basket_discount_minor

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
        """Whether `other` is more of the same: only whole things sold at the same undiscounted price."""
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
            self.vat_code,
            self.vat_rate_bp,
            self.minimum_age,
            self.code if self.list_price_minor is None else "",
        )


@dataclass(frozen=True, slots=True)
class BasketTotals:
    """Every figure is the sum of the lines' stored pennies."""

    item_count: int
    """Whole things, and each weighed line as one; returns count too."""
    before_discount_minor: int
    savings_minor: int
    total_minor: int
    tax_minor: int
    tax_lines: tuple[TaxLine, ...]


def priced_line(
    line_id: str,
    item: Item,
    rate: VatRate,
    *,
    code: str,
    quantity_milli: int,
    unit_price_minor: int | None = None,
    fixed_price_minor: int | None = None,
) -> BasketLine:
    """A line for an item as the catalogue has it now; `unit_price_minor` replaces its price or an open one.

    Raises DomainError `price_missing` when nothing says what it costs, and the limits of `Basket.add`.
    """
    price_minor = item.price_minor if unit_price_minor is None else unit_price_minor
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
        list_price_minor=item.price_minor,
        vat_code=rate.code,
        vat_rate_bp=rate.rate_bp,
        minimum_age=item.minimum_age,
        fixed_price_minor=fixed_price_minor,
    )


def _check(line: BasketLine) -> None:
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


def _with_share_kept(old: BasketLine, changed: BasketLine) -> BasketLine:
    """The changed line with its share of the basket's discount in proportion to what it costs now."""
    if not old.basket_discount_minor:
        return changed
    new_minor = changed.before_discount_minor - changed.line_discount_minor
    old_minor = old.before_discount_minor - old.line_discount_minor
    share_minor = divide_half_away(old.basket_discount_minor * new_minor, old_minor)
    return replace(changed, basket_discount_minor=max(0, min(share_minor, new_minor)))


class Basket:
    """An open basket; its UUID becomes the sale's."""

    def __init__(
        self, uuid: str, opened_at: str, lines: Iterable[BasketLine] = (), age_checked: int = 0
    ) -> None:
        self.uuid = uuid
        self.opened_at = opened_at
        self.age_checked = age_checked
        """The highest minimum age that the operator has confirmed for this customer; 0: none."""
        self._lines = list(lines)
        self._approver: str | None = None

    def copy(self, approver: str | None = None) -> "Basket":
        """The same basket to be changed apart; the lines changed there bear who approved it."""
        copied = Basket(self.uuid, self.opened_at, self._lines, self.age_checked)
        copied._approver = approver
        return copied

    @property
    def lines(self) -> tuple[BasketLine, ...]:
        """The lines that count, in order."""
        return tuple(line for line in self._lines if not line.voided)

    @property
    def all_lines(self) -> tuple[BasketLine, ...]:
        """With the voided ones."""
        return tuple(self._lines)

    @property
    def is_empty(self) -> bool:
        return not self.lines

    @property
    def approved_by(self) -> str | None:
        """Who last approved something in this basket, voided lines included."""
        return next((line.approved_by for line in reversed(self._lines) if line.approved_by), None)

    def line(self, line_id: str) -> BasketLine:
        """Raises DomainError `line_gone` when there is no such line or it is voided."""
        for line in self._lines:
            if line.line_id == line_id and not line.voided:
                return line
        raise DomainError("line_gone")

    def add(self, line: BasketLine, *, combine: bool = True) -> BasketLine:
        """Add a line, or with `combine` raise the quantity of one that is the same; returns it as it stands.

        Raises DomainError `quantity_zero`, `quantity_too_large`, `quantity_not_whole`, `price_negative`
        or `amount_too_large`.
        """
        _check(line)
        for present in reversed(self._lines if combine else []):
            if present.can_merge(line):
                merged = replace(present, quantity_milli=present.quantity_milli + line.quantity_milli)
                return self._put(merged)
        added = replace(
            line, line_number=len(self._lines) + 1, approved_by=self._approver or line.approved_by
        )
        self._lines.append(added)
        return added

    def set_quantity(self, line_id: str, quantity_milli: int) -> BasketLine:
        """Discounts follow it. Raises DomainError `line_gone`, `quantity_fixed`, and as `add`."""
        line = self.line(line_id)
        if line.fixed_price_minor is not None or line.is_return:
            raise DomainError("quantity_fixed", item=line.name)
        if quantity_milli < 0:
            raise DomainError("quantity_negative")
        line_discount_minor = divide_half_away(line.line_discount_minor * quantity_milli, line.quantity_milli)
        return self._put(
            _with_share_kept(
                line, replace(line, quantity_milli=quantity_milli, line_discount_minor=line_discount_minor)
            )
        )

    def set_unit_price(self, line_id: str, unit_price_minor: int) -> BasketLine:
        """It ends the line's own discount; the basket's stays in proportion. Raises DomainError `line_gone`,
        `price_fixed`, and as `add`."""
        line = self.line(line_id)
        if line.origin is not None:
            raise DomainError("price_fixed", item=line.name)
        changed = replace(
            line, unit_price_minor=unit_price_minor, fixed_price_minor=None, line_discount_minor=0
        )
        return self._put(_with_share_kept(line, changed))

    def discount_line(self, line_id: str, discount_minor: int) -> BasketLine:
        """Raises DomainError `discount_too_large`, `discount_negative` or `discount_on_return`."""
        line = self.line(line_id)
        if line.is_return:
            raise DomainError("discount_on_return")
        if discount_minor < 0:
            raise DomainError("discount_negative")
        return self._put(replace(line, line_discount_minor=discount_minor))

    def discount_line_percent(self, line_id: str, rate_bp: int) -> BasketLine:
        return self.discount_line(line_id, share_of_minor(self.line(line_id).before_discount_minor, rate_bp))

    def discount_basket(self, discount_minor: int) -> tuple[BasketLine, ...]:
        """Spread a discount over the goods sold by what each costs now; it replaces an earlier one.

        Raises DomainError `discount_too_large` or `discount_negative`; returns the lines that changed.
        """
        if discount_minor < 0:
            raise DomainError("discount_negative")
        sold = [line for line in self.lines if not line.is_return]
        weights = [line.before_discount_minor - line.line_discount_minor for line in sold]
        if discount_minor > sum(weights):
            raise DomainError("discount_too_large")
        shares = allocate_minor(discount_minor, weights)
        return tuple(
            self._put(replace(line, basket_discount_minor=share))
            for line, share in zip(sold, shares, strict=True)
            if line.basket_discount_minor != share
        )

    def discount_basket_percent(self, rate_bp: int) -> tuple[BasketLine, ...]:
        goods_minor = sum(
            line.before_discount_minor - line.line_discount_minor for line in self.lines if not line.is_return
        )
        return self.discount_basket(share_of_minor(goods_minor, rate_bp))

    def void_line(self, line_id: str) -> BasketLine:
        return self._put(replace(self.line(line_id), voided=True))

    def totals(self) -> BasketTotals:
        lines = self.lines
        return BasketTotals(
            item_count=sum(
                abs(line.quantity_milli) // 1000 if line.unit is Unit.EACH else 1 for line in lines
            ),
            before_discount_minor=sum(line.before_discount_minor for line in lines),
            savings_minor=sum(line.discount_minor for line in lines),
            total_minor=sum(line.gross_minor for line in lines),
            tax_minor=sum(line.tax.tax_minor for line in lines),
            tax_lines=tax_lines(
                (line.vat_code, line.vat_rate_bp, line.gross_minor, line.tax.tax_minor) for line in lines
            ),
        )

    def _put(self, line: BasketLine) -> BasketLine:
        if not line.voided:
            _check(line)
        if self._approver is not None:
            line = replace(line, approved_by=self._approver)
        for index, present in enumerate(self._lines):
            if present.line_id == line.line_id:
                self._lines[index] = line
                return line
        raise DomainError("line_gone")
