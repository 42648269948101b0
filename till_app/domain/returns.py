"""Goods that come back against a sale: never more than was sold, all parts together just what was paid."""

from dataclasses import dataclass

from till_app.domain.basket_line import BasketLine, ReturnOrigin
from till_app.domain.errors import DomainError
from till_app.domain.money import divide_half_away
from till_app.domain.sale import Sale, SaleLine


@dataclass(frozen=True, slots=True)
class AlreadyReturned:
    """What has come back of one line so far, as positive figures."""

    quantity_milli: int = 0
    gross_minor: int = 0
    tax_minor: int = 0


@dataclass(frozen=True, slots=True)
class ReturnableLine:
    """A line of an earlier sale and what may still come back of it."""

    line: SaleLine
    returned: AlreadyReturned

    @property
    def left_milli(self) -> int:
        return self.line.quantity_milli - self.returned.quantity_milli


def returnable_lines(sale: Sale, returned: dict[int, AlreadyReturned]) -> tuple[ReturnableLine, ...]:
    """The sale's goods with what came back of each, by line number; lines that were returns are left out."""
    return tuple(
        ReturnableLine(line, returned.get(line.line_number, AlreadyReturned()))
        for line in sale.lines
        if line.quantity_milli > 0
    )


def return_line(line_id: str, sale: Sale, source: ReturnableLine, quantity_milli: int) -> BasketLine:
    """The basket line for a return of `quantity_milli` (positive) of a sold line.

    The value is the share of what was paid up to and with this return, less what was given back already:
    the last part takes the odd penny. It is never below zero, though parts that came before and were taken
    out again may have left others that were dear for their share.

    Raises DomainError `return_too_much` or `quantity_zero`.
    """
    if quantity_milli <= 0:
        raise DomainError("quantity_zero")
    if quantity_milli > source.left_milli:
        raise DomainError("return_too_much", item=source.line.name, left_milli=source.left_milli)
    sold = source.line
    upto_milli = source.returned.quantity_milli + quantity_milli
    gross_left_minor = sold.gross_minor - source.returned.gross_minor
    tax_left_minor = sold.tax_minor - source.returned.tax_minor
    gross_share_minor = divide_half_away(sold.gross_minor * upto_milli, sold.quantity_milli)
    gross_minor = max(0, min(gross_share_minor - source.returned.gross_minor, gross_left_minor))
    tax_share_minor = divide_half_away(sold.tax_minor * upto_milli, sold.quantity_milli)
    tax_minor = max(
        0,
        tax_left_minor - (gross_left_minor - gross_minor),  # what stays must hold the tax that stays
        min(tax_share_minor - source.returned.tax_minor, gross_minor, tax_left_minor),
    )
    return BasketLine(
        line_id=line_id,
        line_number=0,
        item_id=sold.item_id,
        item_code=sold.item_code,
        code=sold.code,
        name=sold.name,
        unit=sold.unit,
        department_id=sold.department_id,
        quantity_milli=-quantity_milli,
        unit_price_minor=sold.unit_price_minor,
        list_price_minor=sold.list_price_minor,
        vat_code=sold.vat_code,
        vat_rate_bp=sold.vat_rate_bp,
        fixed_price_minor=-gross_minor,
        fixed_tax_minor=-tax_minor,
        origin=ReturnOrigin(sale.uuid, sale.receipt_number, sold.line_number),
    )
