"""The open basket: lines whose price, name and VAT rate are fixed as they are added, and what they sum to.

A basket is changed only through its methods; the lines themselves are immutable, so whoever shows or
stores one may keep it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from till_app.domain.basket_line import BasketCustomer, BasketLine, PromotionSaving, check_line
from till_app.domain.catalogue import Unit
from till_app.domain.errors import DomainError
from till_app.domain.money import allocate_minor, divide_half_away, share_of_minor
from till_app.domain.pricing import EffectivePrice
from till_app.domain.tax import TaxLine, tax_lines


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


def _with_share_kept(old: BasketLine, changed: BasketLine) -> BasketLine:
    """The changed line with its share of the basket's discount in proportion to what it costs now.

    Promotions, worked out anew after any change, play no part in the proportion.
    """
    if not old.basket_discount_minor:
        return changed
    new_minor = changed.before_discount_minor - changed.line_discount_minor
    old_minor = old.before_discount_minor - old.line_discount_minor
    share_minor = divide_half_away(old.basket_discount_minor * new_minor, old_minor)
    return replace(changed, basket_discount_minor=max(0, min(share_minor, new_minor)))


class Basket:
    """An open basket; its UUID becomes the sale's."""

    def __init__(
        self,
        uuid: str,
        opened_at: str,
        lines: Iterable[BasketLine] = (),
        age_checked: int = 0,
        customer: BasketCustomer | None = None,
    ) -> None:
        self.uuid = uuid
        self.opened_at = opened_at
        self.customer = customer
        self.age_checked = age_checked
        """The highest minimum age that the operator has confirmed for this customer; 0: none."""
        self._lines = list(lines)
        self._approver: str | None = None

    def copy(self, approver: str | None = None) -> "Basket":
        """The same basket to be changed apart; the lines changed there bear who approved it."""
        copied = Basket(self.uuid, self.opened_at, self._lines, self.age_checked, self.customer)
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
        check_line(line)
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
                line,
                replace(
                    line,
                    quantity_milli=quantity_milli,
                    line_discount_minor=line_discount_minor,
                    promotions=(),
                ),
            )
        )

    def set_unit_price(self, line_id: str, unit_price_minor: int) -> BasketLine:
        """It ends the line's own discount; the basket's stays in proportion. Raises DomainError `line_gone`,
        `price_fixed`, and as `add`."""
        line = self.line(line_id)
        if line.origin is not None:
            raise DomainError("price_fixed", item=line.name)
        changed = replace(
            line,
            unit_price_minor=unit_price_minor,
            fixed_price_minor=None,
            line_discount_minor=0,
            promotions=(),
        )
        return self._put(_with_share_kept(line, changed))

    def set_list_price(self, line_id: str, price: EffectivePrice) -> BasketLine:
        """Another of the catalogue's prices holds now. Raises DomainError `line_gone`, and as `add`."""
        line = self.line(line_id)
        if price.price_minor is None:
            raise DomainError("price_missing", item=line.name)
        changed = replace(
            line,
            unit_price_minor=price.price_minor,
            list_price_minor=price.price_minor,
            price_list_id=price.price_list_id,
            is_customer_price=price.is_for_customers,
            promotions=(),
        )
        return self._put(_with_share_kept(line, changed))

    def discount_line(self, line_id: str, discount_minor: int) -> BasketLine:
        """Raises DomainError `discount_too_large`, `discount_negative` or `discount_on_return`."""
        line = self.line(line_id)
        if line.is_return:
            raise DomainError("discount_on_return")
        if discount_minor < 0:
            raise DomainError("discount_negative")
        return self._put(replace(line, line_discount_minor=discount_minor, promotions=()))

    def discount_line_percent(self, line_id: str, rate_bp: int) -> BasketLine:
        return self.discount_line(line_id, share_of_minor(self.line(line_id).before_discount_minor, rate_bp))

    def discount_basket(self, discount_minor: int) -> tuple[BasketLine, ...]:
        """Spread a discount over the goods sold by what each costs now; it replaces an earlier one.

        Raises DomainError `discount_too_large` or `discount_negative`; returns the lines that changed.
        """
        if discount_minor < 0:
            raise DomainError("discount_negative")
        sold = [line for line in self.lines if not line.is_return]
        weights = [line.goods_minor for line in sold]
        if discount_minor > sum(weights):
            raise DomainError("discount_too_large")
        shares = allocate_minor(discount_minor, weights)
        return tuple(
            self._put(replace(line, basket_discount_minor=share))
            for line, share in zip(sold, shares, strict=True)
            if line.basket_discount_minor != share
        )

    def discount_basket_percent(self, rate_bp: int) -> tuple[BasketLine, ...]:
        goods_minor = sum(line.goods_minor for line in self.lines if not line.is_return)
        return self.discount_basket(share_of_minor(goods_minor, rate_bp))

    def apply_promotions(self, savings: Mapping[str, tuple[PromotionSaving, ...]]) -> None:
        """What promotions take off now, by line id; a line that is not named has none.

        Where a line's share of the discount on the basket no longer fits under its price it shrinks. Nobody
        approves of a promotion: lines keep their approvers.
        """
        for index, line in enumerate(self._lines):
            wanted = () if line.voided else savings.get(line.line_id, ())
            if line.promotions == wanted:
                continue
            changed = replace(line, promotions=wanted)
            if not line.is_return:
                share_minor = min(line.basket_discount_minor, changed.goods_minor)
                changed = replace(changed, basket_discount_minor=share_minor)
            check_line(changed)
            self._lines[index] = changed

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
            check_line(line)
        if self._approver is not None:
            line = replace(line, approved_by=self._approver)
        for index, present in enumerate(self._lines):
            if present.line_id == line.line_id:
                self._lines[index] = line
                return line
        raise DomainError("line_gone")
