"""X and Z reports on paper."""

from collections.abc import Callable
from datetime import date

from hardware.document import Align, Blank, Element, Row, Rule, Size, TextLine, to_json
from till_app.domain.receipt_templates import DocumentKind, Template, usual_template
from till_app.domain.reports import SessionReport, ZReport
from till_app.domain.session import MovementKind
from till_app.domain.tender import TenderKind
from till_app.domain.times import from_text
from till_app.services.document_parts import DocumentParts, Translate, vat_table
from till_app.services.ports import Formatting
from till_app.services.workplace import Workplace


class ReportWriter:
    """Makes report documents as the JSON that a print job holds."""

    def __init__(
        self,
        workplace: Workplace,
        formatting: Formatting,
        translate: Translate,
        templates: Callable[[DocumentKind], Template] = usual_template,
    ) -> None:
        self._parts = DocumentParts(workplace, formatting, translate, templates=templates)
        self._workplace = workplace
        self._format = formatting
        self._tr = translate

    def x_title(self, report: SessionReport) -> str:
        return self._tr("X report, session {number}").format(number=report.session.number)

    def z_title(self, z: ZReport) -> str:
        return self._tr("Z report {number}").format(number=z.z_number)

    def x_report(self, report: SessionReport, at: str, operator_name: str) -> bytes:
        expected = self._format.amount(report.expected_cash_minor)
        return to_json(
            self._parts.build(
                DocumentKind.X_REPORT,
                {
                    "title": lambda: _title(self._tr("X REPORT")),
                    "session": lambda: self._session(report, self._tr("Read"), at, operator_name),
                    "figures": lambda: self._figures(report),
                    "expected": lambda: (Row(self._tr("Expected in drawer"), expected, bold=True),),
                },
            )
        )

    def z_report(self, z: ZReport) -> bytes:
        title = self._tr("Z REPORT {number}").format(number=z.z_number)
        return to_json(
            self._parts.build(
                DocumentKind.Z_REPORT,
                {
                    "title": lambda: _title(title),
                    "session": lambda: self._session(
                        z.report, self._tr("Closed"), z.closed_at, z.closed_by_name
                    ),
                    "figures": lambda: self._figures(z.report),
                    "count": lambda: [Rule(), *self._count(z)],
                    "journal": lambda: (
                        Rule(),
                        Row(self._tr("Grand total"), self._format.amount(z.grand_total_minor), bold=True),
                        Row(self._tr("Journal"), f"{z.journal_first_seq}–{z.journal_last_seq}"),
                        Row(self._tr("Not yet sent"), str(z.unsent_count)),
                        TextLine(custody_words(z, self._tr)),
                        TextLine(self._tr("Chain {hash}").format(hash=z.chain_head[:16])),
                    ),
                },
            )
        )

    def _session(self, report: SessionReport, done: str, at: str, operator_name: str) -> list[Element]:
        """`done` says what was done at that moment."""
        session = report.session
        return [
            Rule(),
            Row(self._tr("Till"), self._workplace.identity.till_code),
            Row(self._tr("Session"), str(session.number)),
            Row(self._tr("Business date"), self._format.day(date.fromisoformat(session.business_date))),
            Row(self._tr("Opened"), self._format.date_and_time(from_text(session.opened_at))),
            Row(done, self._format.date_and_time(from_text(at))),
            Row(self._tr("By"), operator_name),
            Rule(),
        ]

    def _figures(self, report: SessionReport) -> list[Element]:
        amount = self._format.amount
        tender_names = {TenderKind.CASH: self._tr("Cash"), TenderKind.CARD: self._tr("Card")}
        return [
            Row(self._tr("Sales, {count}").format(count=report.sale_count), amount(report.sold_minor)),
            Row(
                self._tr("Returns, {count}").format(count=report.return_count), amount(report.returned_minor)
            ),
            Row(self._tr("Total"), amount(report.total_minor), bold=True),
            Row(self._tr("Discounts"), amount(-report.savings_minor)),
            Row(self._tr("Lines voided"), str(report.voided_lines)),
            Row(self._tr("Baskets voided"), str(report.voided_baskets)),
            Row(self._tr("No sales"), str(report.no_sales)),
            Row(self._tr("Receipts"), f"{report.first_receipt or '–'} … {report.last_receipt or '–'}"),
            Blank(),
            *vat_table(report.tax_lines, self._format, self._tr),
            Blank(),
            *[
                Row(f"{tender_names[tender.kind]}, {tender.count}", amount(tender.amount_minor))
                for tender in report.tenders
            ],
            Rule(),
            *[
                Row(self._movement_name(kind), amount(amount_minor))
                for kind, amount_minor in report.movements_minor.items()
            ],
        ]

    def _movement_name(self, kind: MovementKind) -> str:
        names = {
            MovementKind.FLOAT: self._tr("Float"),
            MovementKind.TENDER: self._tr("Cash taken"),
            MovementKind.CHANGE: self._tr("Change given"),
            MovementKind.REFUND: self._tr("Cash refunds"),
            MovementKind.LOAN: self._tr("Loans"),
            MovementKind.PICK_UP: self._tr("Pick-ups"),
            MovementKind.PAID_IN: self._tr("Paid in"),
            MovementKind.PAID_OUT: self._tr("Paid out"),
        }
        return names[kind]

    def _count(self, z: ZReport) -> list[Element]:
        amount = self._format.amount
        over_short = z.over_short_minor
        name = (
            self._tr("Over")
            if over_short > 0
            else self._tr("Short")
            if over_short
            else self._tr("Difference")
        )
        return [
            *[
                Row(f"{pieces} × {amount(denomination)}", amount(pieces * denomination))
                for denomination, pieces in sorted(z.count_by_denomination.items(), reverse=True)
                if pieces
            ],
            Row(self._tr("Counted"), amount(z.declared_minor)),
            Row(self._tr("Expected"), amount(z.report.expected_cash_minor)),
            Row(name, amount(over_short), bold=True),
        ]


def _title(words: str) -> tuple[Element, ...]:
    return (TextLine(words, Align.CENTER, bold=True, size=Size.TALL),)


def custody_words(z: ZReport, translate: Translate) -> str:
    """Where the session's sales are, and whether its journal holds together."""
    sales = z.report.transaction_count
    to_send = sales - z.sales_at_hub
    words = [
        translate("{count} sales").format(count=sales),
        translate("{count} at the hub").format(count=z.sales_at_hub),
    ]
    if to_send:
        words.append(translate("{count} to be sent").format(count=to_send))
    words.append(
        translate("chain intact")
        if z.chain_broken_at is None
        else translate("chain broken at entry {seq}").format(seq=z.chain_broken_at)
    )
    return ", ".join(words)
