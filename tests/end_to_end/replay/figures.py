"""The same figures for the file's plan, the till and the hub, so that they can be compared."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tests.end_to_end.replay.plan import PlannedSale
from till_app.domain.reports import SessionReport
from till_app.wire.exchange import TillTotals


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts in minor units; returns count into them as negative."""

    sales: int
    returns: int
    lines: int
    gross_minor: int
    vat_minor: int
    tenders_minor: dict[str, int]


def of_plan(planned: Sequence[PlannedSale]) -> Figures:
    tenders: defaultdict[str, int] = defaultdict(int)
    for sale in planned:
        for tender in sale.tenders:
            tenders[tender.kind] += tender.amount_minor
    return Figures(
        sales=sum(any(entry.line.quantity > 0 for entry in sale.lines) for sale in planned),
        returns=sum(any(entry.line.quantity < 0 for entry in sale.lines) for sale in planned),
        lines=sum(len(sale.lines) for sale in planned),
        gross_minor=sum(sale.total_minor for sale in planned),
        vat_minor=sum(entry.tax_minor for sale in planned for entry in sale.lines),
        tenders_minor=dict(sorted(tenders.items())),
    )


def of_till(report: SessionReport) -> Figures:
    return Figures(
        sales=report.sale_count,
        returns=report.return_count,
        lines=report.line_count,
        gross_minor=report.total_minor,
        vat_minor=report.tax_minor,
        tenders_minor={
            total.kind.value: total.amount_minor
            for total in sorted(report.tenders, key=lambda total: total.kind.value)
        },
    )


def of_hub(totals: TillTotals) -> Figures:
    return Figures(
        sales=totals.sales,
        returns=totals.returns,
        lines=totals.lines,
        gross_minor=totals.gross_minor,
        vat_minor=totals.tax_minor,
        tenders_minor=dict(sorted(totals.tenders_minor.items())),
    )
