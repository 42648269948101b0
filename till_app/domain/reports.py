"""X and Z: one pure fold over the facts of a till session, and the count of the drawer."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from till_app.domain.errors import DomainError
from till_app.domain.sale import Sale
from till_app.domain.session import DrawerMovement, MovementKind, TillSession
from till_app.domain.tax import TaxLine, tax_lines
from till_app.domain.tender import TenderKind


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """All that a report is folded from."""

    session: TillSession
    sales: tuple[Sale, ...]
    movements: tuple[DrawerMovement, ...]
    voided_baskets: int
    no_sales: int


@dataclass(frozen=True, slots=True)
class TenderTotal:
    kind: TenderKind
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class SessionReport:
    """The figures of a session so far. Returned amounts are negative."""

    session: TillSession
    transaction_count: int
    sale_count: int
    """Transactions in which goods were sold."""
    sold_minor: int
    return_count: int
    """Transactions in which goods came back."""
    returned_minor: int
    savings_minor: int
    total_minor: int
    line_count: int
    voided_lines: int
    voided_baskets: int
    no_sales: int
    tax_lines: tuple[TaxLine, ...]
    tenders: tuple[TenderTotal, ...]
    movements_minor: Mapping[MovementKind, int]
    movement_counts: Mapping[MovementKind, int]
    expected_cash_minor: int
    first_receipt: str | None
    last_receipt: str | None
    sold_by_hour_minor: Mapping[int, int]
    """By the UTC hour of completion; the UI shows it in the shop's time."""

    @property
    def tax_minor(self) -> int:
        return sum(line.tax_minor for line in self.tax_lines)

    @property
    def average_minor(self) -> int:
        return self.sold_minor // self.sale_count if self.sale_count else 0


@dataclass(frozen=True, slots=True)
class ZReport:
    """The closing of a session. Numbers and grand totals never go back."""

    z_number: int
    report: SessionReport
    closed_at: str
    closed_by: str
    closed_by_name: str
    count_by_denomination: Mapping[int, int]
    """Pieces by denomination in minor units."""
    declared_minor: int
    grand_total_minor: int
    """All that was ever sold at this till less what came back, with this session."""
    journal_first_seq: int
    journal_last_seq: int
    """Of the entries in this session, the Z's own excluded."""
    chain_head: str
    unsent_count: int
    """Facts of the till that the hub had not acknowledged at closing."""
    sales_at_hub: int = 0
    """Of the session's transactions, those that it had."""
    chain_broken_at: int | None = None
    """The entry at which the session's own journal does not hold together, if there is one."""

    @property
    def over_short_minor(self) -> int:
        """Positive: more in the drawer than expected."""
        return self.declared_minor - self.report.expected_cash_minor


def fold(facts: SessionFacts) -> SessionReport:
    """The report for a session. Expected cash is the sum of drawer movements and nothing else."""
    tender_counts: Counter[TenderKind] = Counter()
    tender_minor: defaultdict[TenderKind, int] = defaultdict(int)
    by_hour: defaultdict[int, int] = defaultdict(int)
    sold = returned = savings = lines = voided = sale_count = return_count = 0
    tax_parts: list[tuple[str, int, int, int]] = []
    for sale in facts.sales:
        sale_sold = sum(line.gross_minor for line in sale.lines if line.quantity_milli > 0)
        sold += sale_sold
        returned += sale.total_minor - sale_sold
        savings += sale.savings_minor
        voided += len(sale.voided_lines)
        sale_count += any(line.quantity_milli > 0 for line in sale.lines)
        return_count += any(line.quantity_milli < 0 for line in sale.lines)
        lines += len(sale.lines)
        by_hour[int(sale.completed_at[11:13])] += sale_sold
        for tender in sale.tenders:
            tender_counts[tender.kind] += 1
            tender_minor[tender.kind] += tender.amount_minor
        tax_parts.extend(
            (line.vat_code, line.vat_rate_bp, line.gross_minor, line.tax_minor) for line in sale.lines
        )
    movement_minor: defaultdict[MovementKind, int] = defaultdict(int)
    movement_counts: Counter[MovementKind] = Counter()
    for movement in facts.movements:
        movement_minor[movement.kind] += movement.amount_minor
        movement_counts[movement.kind] += 1
    ordered = sorted(facts.sales, key=lambda sale: sale.counter)
    return SessionReport(
        session=facts.session,
        transaction_count=len(facts.sales),
        sale_count=sale_count,
        sold_minor=sold,
        return_count=return_count,
        returned_minor=returned,
        savings_minor=savings,
        total_minor=sold + returned,
        line_count=lines,
        voided_lines=voided,
        voided_baskets=facts.voided_baskets,
        no_sales=facts.no_sales,
        tax_lines=tax_lines(tax_parts),
        tenders=tuple(
            TenderTotal(kind, tender_counts[kind], tender_minor[kind])
            for kind in TenderKind
            if tender_counts[kind]
        ),
        movements_minor={kind: movement_minor[kind] for kind in MovementKind if kind in movement_minor},
        movement_counts=dict(movement_counts),
        expected_cash_minor=sum(movement.amount_minor for movement in facts.movements),
        first_receipt=ordered[0].receipt_number if ordered else None,
        last_receipt=ordered[-1].receipt_number if ordered else None,
        sold_by_hour_minor=dict(sorted(by_hour.items())),
    )


def counted_minor(count_by_denomination: Mapping[int, int]) -> int:
    """The sum of a count. Raises DomainError `count_negative`."""
    if any(denomination <= 0 or pieces < 0 for denomination, pieces in count_by_denomination.items()):
        raise DomainError("count_negative")
    return sum(denomination * pieces for denomination, pieces in count_by_denomination.items())


def cash_movements_of(sale: Sale, movement_ids: Iterable[str]) -> tuple[DrawerMovement, ...]:
    """What a sale moved in the drawer: cash in, change out, refunds out. Takes two ids a cash tender."""
    ids = iter(movement_ids)
    movements: list[DrawerMovement] = []
    for tender in sale.tenders:
        if tender.kind is not TenderKind.CASH:
            continue
        parts = (
            (MovementKind.TENDER if tender.given_minor >= 0 else MovementKind.REFUND, tender.given_minor),
            (MovementKind.CHANGE, -tender.change_minor),
        )
        for kind, amount_minor in parts:
            movement_id = next(ids)
            if amount_minor:
                movements.append(
                    DrawerMovement(
                        movement_id,
                        sale.session_id,
                        kind,
                        amount_minor,
                        sale.completed_at,
                        sale.operator_id,
                        sale_uuid=sale.uuid,
                    )
                )
    return tuple(movements)
