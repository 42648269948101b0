"""What a till has to do with a trade file: sales, returns against the sale that fits, tenders. Pure.

Its figures are computed here in decimals, apart from the till's own code, to be compared with the till's.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.end_to_end.replay.trade_file import CodeKind, Invoice, TradeLine

VAT_CODE_OF = {
    CodeKind.GOODS: "A",
    CodeKind.CARRIAGE: "A",
    CodeKind.DISCOUNT: "A",
    CodeKind.MANUAL: "A",
    CodeKind.SAMPLES: "A",
    CodeKind.FEE: "E",
    CodeKind.GIFT_VOUCHER: "O",
}
VAT_PERCENT = {"A": Decimal(20), "E": Decimal(0), "O": Decimal(0)}
NOTE_MINOR = 500
"""Cash is handed over in round sums of this, so that change is due."""


@dataclass(frozen=True, slots=True)
class SoldAt:
    """A line of an earlier invoice of the file."""

    invoice: str
    line: TradeLine


@dataclass(frozen=True, slots=True)
class PlannedLine:
    line: TradeLine
    returned_from: SoldAt | None
    tax_minor: int


@dataclass(frozen=True, slots=True)
class PlannedTender:
    """`amount_minor` negative gives money back."""

    kind: str
    amount_minor: int
    given_minor: int


@dataclass(frozen=True, slots=True)
class PlannedSale:
    invoice: str
    lines: tuple[PlannedLine, ...]
    tenders: tuple[PlannedTender, ...]

    @property
    def total_minor(self) -> int:
        return sum(planned.line.amount_minor for planned in self.lines)


class _Sold:
    """How much of a sold line is left to come back, and the tax given back so far."""

    def __init__(self, at: SoldAt, tax_minor: int) -> None:
        self.at = at
        self.tax_minor = tax_minor
        self.returned = 0
        self.returned_tax_minor = 0

    def take_back(self, quantity: int) -> int:
        """The tax of this part: all parts together give back just what was charged."""
        self.returned += quantity
        share = _round(Decimal(self.tax_minor) * self.returned / self.at.line.quantity)
        part = share - self.returned_tax_minor
        self.returned_tax_minor = share
        return part


def plan(invoices: Sequence[Invoice]) -> list[PlannedSale]:
    """One transaction for each invoice, in order. A return fits a sale of the same customer when it brings
    back no more than is left of one line with the same code and price."""
    sold: defaultdict[tuple[str, str, Decimal], list[_Sold]] = defaultdict(list)
    kinds_used: dict[str, str] = {}
    planned: list[PlannedSale] = []
    for position, invoice in enumerate(invoices):
        lines = [_planned_line(invoice, line, sold) for line in invoice.lines]
        total_minor = sum(entry.line.amount_minor for entry in lines)
        tenders = _tenders(position, invoice, lines, total_minor, kinds_used)
        if tenders:
            kinds_used[invoice.number] = tenders[-1].kind
        planned.append(PlannedSale(invoice.number, tuple(lines), tenders))
        for entry in lines:
            if entry.line.quantity > 0 and invoice.customer:
                key = (invoice.customer, entry.line.stock_code, entry.line.unit_price)
                sold[key].append(_Sold(SoldAt(invoice.number, entry.line), entry.tax_minor))
    return planned


def _planned_line(
    invoice: Invoice, line: TradeLine, sold: dict[tuple[str, str, Decimal], list[_Sold]]
) -> PlannedLine:
    if line.quantity < 0 and invoice.customer:
        for candidate in sold[invoice.customer, line.stock_code, line.unit_price]:
            is_exact = candidate.at.line.amount_minor == _exact_minor(candidate.at.line)
            if candidate.at.line.quantity - candidate.returned >= -line.quantity and is_exact:
                return PlannedLine(line, candidate.at, -candidate.take_back(-line.quantity))
    return PlannedLine(line, None, _tax_minor(line))


def _exact_minor(line: TradeLine) -> Decimal:
    """Parts of a line that was itself rounded would be rounded twice: such a return is taken without it."""
    return line.unit_price * line.quantity * 100


def _tenders(
    position: int,
    invoice: Invoice,
    lines: Sequence[PlannedLine],
    total_minor: int,
    kinds_used: dict[str, str],
) -> tuple[PlannedTender, ...]:
    """Known customers pay by card and others in cash, every tenth invoice half and half; a refund goes back
    to what the sale was paid with, or in cash."""
    if total_minor == 0:
        return ()
    if total_minor < 0:
        origin = next((entry.returned_from for entry in lines if entry.returned_from), None)
        kind = kinds_used.get(origin.invoice, "cash") if origin else "cash"
        return (PlannedTender(kind, total_minor, total_minor),)
    if position % 10 == 9 and total_minor > 1:
        card_minor = total_minor // 2
        return (PlannedTender("card", card_minor, card_minor), _in_cash(total_minor - card_minor))
    if invoice.customer:
        return (PlannedTender("card", total_minor, total_minor),)
    return (_in_cash(total_minor),)


def _in_cash(amount_minor: int) -> PlannedTender:
    return PlannedTender("cash", amount_minor, -(-amount_minor // NOTE_MINOR) * NOTE_MINOR)


def _tax_minor(line: TradeLine) -> int:
    percent = VAT_PERCENT[VAT_CODE_OF[line.kind]]
    return _round(Decimal(line.amount_minor) * percent / (100 + percent))


def _round(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))
