"""Till and hub side by side."""

from dataclasses import dataclass

from till_app.domain.reports import SessionReport
from till_app.wire.exchange import TillTotals


@dataclass(frozen=True, slots=True)
class Totals:
    """The same figures from both sides."""

    on_till: dict[str, object]
    at_hub: dict[str, object]
    hub_quarantined: int
    hub_differences: int
    documents_printed: int

    @property
    def is_equal(self) -> bool:
        return self.on_till == self.at_hub and self.hub_quarantined == self.hub_differences == 0

    @property
    def summary(self) -> tuple[str, ...]:
        return (
            f"{self.on_till['transactions']} transactions,"
            f" {self.on_till['gross_minor']} pence gross, {self.on_till['vat_minor']} pence VAT in it",
            f"till and hub are {'equal' if self.is_equal else 'DIFFERENT'}",
        )

    def as_json(self) -> dict[str, object]:
        return {
            "equal": self.is_equal,
            "till": self.on_till,
            "hub": self.at_hub,
            "hub_quarantined": self.hub_quarantined,
            "hub_differences": self.hub_differences,
            "documents_printed": self.documents_printed,
        }


def compare_sides(report: SessionReport, entries: int, hub: TillTotals, printed: int) -> Totals:
    """Both sides' figures, amounts in minor units."""
    on_till: dict[str, object] = {
        "transactions": report.transaction_count,
        "sales": report.sale_count,
        "returns": report.return_count,
        "lines": report.line_count,
        "gross_minor": report.total_minor,
        "vat_minor": report.tax_minor,
        "vat_by_code_minor": {
            f"{tax.vat_code} {tax.rate_bp}": [tax.gross_minor, tax.tax_minor] for tax in report.tax_lines
        },
        "tenders_minor": {total.kind.value: total.amount_minor for total in report.tenders},
        "cash_in_drawer_minor": report.expected_cash_minor,
        "z_reports": 1,
        "journal_entries": entries,
    }
    at_hub: dict[str, object] = {
        "transactions": hub.transactions,
        "sales": hub.sales,
        "returns": hub.returns,
        "lines": hub.lines,
        "gross_minor": hub.gross_minor,
        "vat_minor": hub.tax_minor,
        "vat_by_code_minor": {
            f"{tax.vat_code} {tax.rate_bp}": [tax.gross_minor, tax.tax_minor] for tax in hub.taxes
        },
        "tenders_minor": hub.tenders_minor,
        "cash_in_drawer_minor": hub.cash_minor,
        "z_reports": hub.z_reports,
        "journal_entries": hub.entries,
    }
    return Totals(on_till, at_hub, hub.quarantined, hub.differences, printed)
