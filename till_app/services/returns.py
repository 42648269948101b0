"""Goods that come back: find the sale by its receipt, put chosen lines into the basket as returns."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from till_app.domain.barcode import ReceiptCode, parse_barcode
from till_app.domain.catalogue import StaffMember
from till_app.domain.errors import DomainError
from till_app.domain.ids import receipt_number
from till_app.domain.returns import AlreadyReturned, ReturnableLine, return_line, returnable_lines
from till_app.domain.sale import Sale
from till_app.services.ports import Ledger
from till_app.services.selling import Selling
from till_app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class ReturnableSale:
    sale: Sale
    lines: tuple[ReturnableLine, ...]
    is_gift: bool = False
    """Found by its gift receipt."""

    @property
    def is_exhausted(self) -> bool:
        """Whether everything has come back already."""
        return all(line.left_milli <= 0 for line in self.lines)


class Returns:
    """GUI thread only."""

    def __init__(self, workplace: Workplace, selling: Selling, ledger: Ledger) -> None:
        self._workplace = workplace
        self._selling = selling
        self._ledger = ledger

    def find(self, typed: str) -> ReturnableSale | None:
        """By receipt number, or the scanned barcode of a receipt or gift receipt; None when this till does
        not know the sale.

        Figures alone are a number of this till's own: `42` is its 42nd receipt.
        """
        text = typed.strip().upper()
        barcode = parse_barcode(text)
        is_gift = False
        if isinstance(barcode, ReceiptCode):
            number, is_gift = barcode.receipt_number, barcode.is_gift
        elif text.isascii() and text.isdigit():
            number = receipt_number(self._workplace.identity.till_code, int(text))
        else:
            number = text
        sale = self._ledger.sale_by_receipt(number)
        return replace(self._returnable(sale), is_gift=is_gift) if sale else None

    def add(
        self, sale_uuid: str, quantities_milli: Mapping[int, int], approver: StaffMember | None = None
    ) -> None:
        """Put returns of some lines, positive quantities by line number, into the basket.

        Raises DomainError `return_too_much`, `quantity_zero`, `sale_unknown`, `line_gone`,
        `currency_differs`, `basket_empty` (nothing was chosen), `approval_needed`.
        """
        sale = self._ledger.sale(sale_uuid)
        if sale is None:
            raise DomainError("sale_unknown")
        if sale.currency != self._workplace.shop.currency.code:
            raise DomainError("currency_differs", currency=sale.currency)
        sources = {source.line.line_number: source for source in self._returnable(sale).lines}
        if not sources.keys() >= quantities_milli.keys():
            raise DomainError("line_gone")
        self._selling.add_return_lines(
            [
                return_line(self._workplace.new_id(), sale, sources[number], quantity_milli)
                for number, quantity_milli in quantities_milli.items()
            ],
            approver,
        )

    def _returnable(self, sale: Sale) -> ReturnableSale:
        """What is in the open basket counts as come back."""
        returned = dict(self._ledger.returned(sale.uuid))
        for line in self._selling.lines:
            if line.origin is not None and line.origin.sale_uuid == sale.uuid:
                so_far = returned.get(line.origin.line_number, AlreadyReturned())
                returned[line.origin.line_number] = AlreadyReturned(
                    so_far.quantity_milli - line.quantity_milli,
                    so_far.gross_minor - line.gross_minor,
                    so_far.tax_minor - line.tax.tax_minor,
                )
        return ReturnableSale(sale, returnable_lines(sale, returned))
