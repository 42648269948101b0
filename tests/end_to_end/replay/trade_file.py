"""Reads a trade file: InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID …

Every line is either one that a till can ring up, or left out with its number and a reason.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice")
MOST_QUANTITY = 99_999
MOST_PRICE = Decimal(999_999)


class CodeKind(StrEnum):
    """What a stock code stands for."""

    GOODS = "goods"
    CARRIAGE = "carriage"
    DISCOUNT = "discount"
    MANUAL = "manual"
    FEE = "fee"
    GIFT_VOUCHER = "gift_voucher"
    SAMPLES = "samples"


NOT_GOODS = {
    "POST": CodeKind.CARRIAGE,
    "DOT": CodeKind.CARRIAGE,
    "C2": CodeKind.CARRIAGE,
    "D": CodeKind.DISCOUNT,
    "M": CodeKind.MANUAL,
    "BANK CHARGES": CodeKind.FEE,
    "AMAZONFEE": CodeKind.FEE,
    "CRUK": CodeKind.FEE,
    "S": CodeKind.SAMPLES,
}
_ADJUSTMENTS = {"B"}
"""Bookkeeping that never crossed a counter: bad debts."""


@dataclass(frozen=True, slots=True)
class TradeLine:
    """A line to ring up. A negative quantity comes back."""

    number: int
    """Of the line in the file; the header is 1."""
    stock_code: str
    kind: CodeKind
    description: str
    quantity: int
    unit_price: Decimal

    @property
    def amount_minor(self) -> int:
        """Halves of a penny go away from zero."""
        return pennies(self.unit_price * self.quantity)


@dataclass(frozen=True, slots=True)
class LeftOut:
    line: int
    invoice: str
    stock_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Invoice:
    number: str
    customer: str
    lines: tuple[TradeLine, ...]


class TradeFileInvalid(Exception):
    """The file as a whole cannot be read; the message says why."""


def pennies(amount: Decimal) -> int:
    scaled = abs(amount) * 100
    whole = int(scaled + Decimal("0.5"))
    return whole if amount >= 0 else -whole


def code_kind(stock_code: str) -> CodeKind:
    """Real goods begin with five digits; `DCGS…` codes are goods of the web shop."""
    upper = stock_code.upper()
    if upper in NOT_GOODS:
        return NOT_GOODS[upper]
    return CodeKind.GIFT_VOUCHER if upper.startswith("GIFT") else CodeKind.GOODS


def read_trade_file(path: Path) -> tuple[list[Invoice], list[LeftOut], int]:
    """Invoices in the file's order, lines left out, and how many lines the file has.

    Raises TradeFileInvalid.
    """
    left_out: list[LeftOut] = []
    lines_of: dict[str, list[TradeLine]] = {}
    customers: dict[str, str] = {}
    count = 0
    for number, row in _rows(path):
        count += 1
        invoice = (row.get("InvoiceNo") or "").strip()
        outcome = _line(number, row)
        if isinstance(outcome, str):
            left_out.append(LeftOut(number, invoice, (row.get("StockCode") or "").strip(), outcome))
            continue
        lines_of.setdefault(invoice, []).append(outcome)
        customers.setdefault(invoice, (row.get("CustomerID") or "").strip())
    invoices = [Invoice(number, customers[number], tuple(lines)) for number, lines in lines_of.items()]
    return invoices, left_out, count


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise TradeFileInvalid(f"{path.name} has no column {', '.join(missing)}")
            for row in reader:
                yield reader.line_num, row
    except OSError as error:
        raise TradeFileInvalid(f"{path} cannot be read: {error.strerror}") from error
    except csv.Error as error:
        raise TradeFileInvalid(f"{path.name} is not a CSV file: {error}") from error


def _line(number: int, row: dict[str, str]) -> TradeLine | str:
    """The line, or why it is none."""
    stock_code = (row.get("StockCode") or "").strip()
    description = " ".join((row.get("Description") or "").split())
    if not (row.get("InvoiceNo") or "").strip():
        return "no invoice number"
    if not stock_code:
        return "no stock code"
    try:
        exact_quantity = Decimal((row.get("Quantity") or "").strip())
        quantity = int(exact_quantity)
        unit_price = Decimal((row.get("UnitPrice") or "").strip())
    except (InvalidOperation, ValueError, OverflowError):
        return "quantity or price is no number"
    if not unit_price.is_finite():
        return "quantity or price is no number"
    if quantity != exact_quantity:
        return "quantity is not whole"
    if stock_code.upper() in _ADJUSTMENTS or unit_price < 0:
        return "bookkeeping adjustment, not trade at a counter"
    if quantity == 0:
        return "quantity zero"
    if unit_price == 0 and not description:
        return "stock correction: no name and no price"
    if unit_price == 0 and quantity < 0:
        return "stock correction: goods written off at no price"
    if abs(quantity) > MOST_QUANTITY or unit_price * abs(quantity) > MOST_PRICE:
        return "quantity or amount larger than a till accepts"
    return TradeLine(
        number, stock_code.upper(), code_kind(stock_code), description or stock_code, quantity, unit_price
    )
