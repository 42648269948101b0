"""Recomputing a sale that a till sent: what cannot be true is quarantined, what differs is flagged."""

from datetime import date

from till_app.domain.currency import currency_by_code
from till_app.domain.errors import DomainError
from till_app.domain.ids import receipt_number
from till_app.domain.tax import split_gross
from till_app.domain.times import from_text, to_text
from till_app.wire.bodies import LineBody, MovementBody, SaleBody
from till_app.wire.exchange import QuarantineCode

MAX_AMOUNT_MINOR = 10**12
"""Beyond it an amount is a fault, and would make every sum over it one."""
MAX_QUANTITY_MILLI = 10**12
MAX_LINE_NUMBER = 10**9
MAX_ID_LENGTH = 200
"""Identities are indexed, and an index takes no book."""


class Quarantined(Exception):
    """The entry is kept but not applied; `code` is one of QuarantineCode."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_amounts(*amounts_minor: int) -> None:
    if any(abs(amount) > MAX_AMOUNT_MINOR for amount in amounts_minor):
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def check_quantity(quantity_milli: int) -> None:
    if abs(quantity_milli) > MAX_QUANTITY_MILLI:
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def check_ids(*ids: str) -> None:
    if any(len(text) > MAX_ID_LENGTH for text in ids):
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def canonical_moment(text: str) -> str:
    """The moment as the hub keeps all of them, so that text order is time order."""
    try:
        return to_text(from_text(text))
    except (ValueError, OverflowError):
        raise Quarantined(QuarantineCode.MALFORMED_BODY) from None


def check_business_date(text: str) -> None:
    """2026-11-24, and none of the other forms of ISO 8601: text order is the order of days."""
    try:
        is_iso_date = date.fromisoformat(text).isoformat() == text
    except ValueError:
        is_iso_date = False
    if not is_iso_date:
        raise Quarantined(QuarantineCode.MALFORMED_BODY)


def check_sale(sale: SaleBody) -> None:
    """Raises Quarantined for a body that makes no sense; that its figures add up is checked apart."""
    numbers = [line.line_number for line in sale.lines]
    tender_ids = [tender.tender_id for tender in sale.tenders]
    well_formed = (
        sale.lines
        and len(set(numbers)) == len(numbers)
        and len(set(tender_ids)) == len(tender_ids)
        and all(0 < number < MAX_LINE_NUMBER for number in numbers)
        and 0 < sale.counter < 10**12
        and all(_is_well_formed(line) for line in sale.lines)
    )
    if not well_formed:
        raise Quarantined(QuarantineCode.MALFORMED_BODY)
    canonical_moment(sale.completed_at)
    check_ids(sale.uuid, sale.session_id, sale.customer_id or "", *tender_ids)
    check_ids(*(line.origin.sale_uuid for line in sale.lines if line.origin))
    try:
        currency_by_code(sale.currency)
    except DomainError:
        raise Quarantined(QuarantineCode.MALFORMED_BODY) from None
    check_amounts(sale.total_minor)
    for tender in sale.tenders:
        check_amounts(tender.amount_minor, tender.given_minor, tender.change_minor)


def check_sums(sale: SaleBody) -> None:
    """Raises Quarantined for a sale whose own figures do not add up."""
    if sum_faults(sale):
        raise Quarantined(QuarantineCode.SUMS_DIFFER)


def sum_faults(sale: SaleBody) -> list[str]:
    """Where the sale's own figures do not add up, in words."""
    found = [
        f"line {line.line_number}: net {line.net_minor} and tax {line.tax_minor} are not {line.gross_minor}"
        for line in sale.lines
        if line.net_minor + line.tax_minor != line.gross_minor
    ]
    lines_minor = sum(line.gross_minor for line in sale.lines)
    if lines_minor != sale.total_minor:
        found.append(f"the lines sum to {lines_minor}, the total is {sale.total_minor}")
    found += [
        f"{tender.kind}: given {tender.given_minor}, change {tender.change_minor}, kept {tender.amount_minor}"
        for tender in sale.tenders
        if tender.given_minor - tender.change_minor != tender.amount_minor
    ]
    settled_minor = sum(tender.amount_minor for tender in sale.tenders)
    if settled_minor != sale.total_minor:
        found.append(f"tenders settle {settled_minor}, the total is {sale.total_minor}")
    return found


def _is_well_formed(line: LineBody) -> bool:
    check_amounts(
        line.unit_price_minor,
        line.list_price_minor or 0,
        line.discount_minor,
        line.gross_minor,
        line.net_minor,
        line.tax_minor,
    )
    is_return_sound = line.origin is None or (
        line.quantity_milli < 0 and 0 < line.origin.line_number < MAX_LINE_NUMBER
    )
    same_sign = line.gross_minor == 0 or (line.gross_minor > 0) == (line.quantity_milli > 0)
    return (
        0 < abs(line.quantity_milli) <= MAX_QUANTITY_MILLI
        and same_sign
        and is_return_sound
        and 0 <= line.vat_rate_bp < 10_000
    )


def check_movement(movement: MovementBody) -> None:
    check_ids(movement.movement_id, movement.session_id, movement.sale_uuid or "")
    check_amounts(movement.amount_minor)
    canonical_moment(movement.at)


def differences(sale: SaleBody, till_codes: list[str]) -> list[str]:
    """Where the hub computes something else than the till, in words; the sale is applied all the same.

    `till_codes` are the till's own code and those of the tills which it goes on from.
    """
    found = sum_faults(sale)
    for line in sale.lines:
        if line.quantity_milli > 0:
            expected_minor = split_gross(line.gross_minor, line.vat_rate_bp).tax_minor
            if expected_minor != line.tax_minor:
                found.append(f"line {line.line_number}: tax {line.tax_minor}, computed {expected_minor}")
    cash_minor = sum(tender.amount_minor for tender in sale.tenders if tender.kind == "cash")
    moved_minor = sum(movement.amount_minor for movement in sale.movements)
    if cash_minor != moved_minor:
        found.append(f"drawer moved {moved_minor}, cash tenders {cash_minor}")
    expected = [receipt_number(till_code, sale.counter) for till_code in till_codes]
    if sale.receipt_number not in expected:
        found.append(f"receipt number {sale.receipt_number}, expected {expected[0]}")
    return found
