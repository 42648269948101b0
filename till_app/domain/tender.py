"""What settles a sale: cash with change, a card, several of them, and the same the other way for a refund."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from till_app.domain.currency import Currency
from till_app.domain.errors import DomainError

MAX_TENDER_MINOR = 99_999_999


class TenderKind(StrEnum):
    CASH = "cash"
    CARD = "card"


@dataclass(frozen=True, slots=True)
class TenderLine:
    """One tender of a sale; a refund has negative amounts."""

    tender_id: str
    kind: TenderKind
    amount_minor: int
    """What it settles of the sale."""
    given_minor: int
    """What was handed over: more than it settles when change is due."""
    change_minor: int = 0
    reference: str = ""
    """Such as the authorisation code that the separate card terminal printed."""

    def __post_init__(self) -> None:
        if self.given_minor - self.change_minor != self.amount_minor:
            raise ValueError("given less change is not what the tender settles")


def balance_minor(total_minor: int, tenders: Sequence[TenderLine]) -> int:
    """What is still to pay (positive) or to give back (negative)."""
    return total_minor - sum(tender.amount_minor for tender in tenders)


def take_cash(tender_id: str, due_minor: int, given_minor: int) -> TenderLine:
    """Cash handed over against a balance: less leaves a balance, more gives change.

    Raises DomainError `nothing_to_pay`, `amount_not_positive` or `amount_too_large`.
    """
    _check_amount(due_minor, given_minor)
    settled_minor = min(due_minor, given_minor)
    return TenderLine(tender_id, TenderKind.CASH, settled_minor, given_minor, given_minor - settled_minor)


def take_card(tender_id: str, due_minor: int, amount_minor: int, reference: str = "") -> TenderLine:
    """A card payment that the terminal approved. It gives no change: `card_over_balance` when too much."""
    _check_amount(due_minor, amount_minor)
    if amount_minor > due_minor:
        raise DomainError("card_over_balance", due_minor=due_minor)
    return TenderLine(tender_id, TenderKind.CARD, amount_minor, amount_minor, 0, reference)


def give_back(
    tender_id: str, kind: TenderKind, due_minor: int, amount_minor: int, reference: str = ""
) -> TenderLine:
    """A refund of a positive `amount_minor` of a negative balance; `refund_over_balance` when too much."""
    _check_amount(-due_minor, amount_minor)
    if amount_minor > -due_minor:
        raise DomainError("refund_over_balance", due_minor=-due_minor)
    return TenderLine(tender_id, kind, -amount_minor, -amount_minor, 0, reference)


def _check_amount(due_minor: int, amount_minor: int) -> None:
    if due_minor <= 0:
        raise DomainError("nothing_to_pay")
    if amount_minor <= 0:
        raise DomainError("amount_not_positive")
    if amount_minor > MAX_TENDER_MINOR:
        raise DomainError("amount_too_large")


def suggested_cash_minor(due_minor: int, currency: Currency, limit: int = 4) -> tuple[int, ...]:
    """What a customer is likely to hand over: the exact amount, then round sums of notes, smallest first."""
    if due_minor <= 0:
        return ()
    sums = {due_minor}
    for note in currency.notes_minor:
        sums.add(-(-due_minor // note) * note)
    return tuple(sorted(sums)[:limit])
