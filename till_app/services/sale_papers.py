"""What a sale is printed as besides its receipt: gift receipts, credit notes and pick-up slips."""

from collections.abc import Callable, Collection, Sequence
from datetime import date

from hardware.document import Align, Blank, Element, ReceiptDocument, Row, Rule, Size, TextLine
from till_app.domain.catalogue import Customer, Unit
from till_app.domain.ids import gift_barcode, receipt_barcode
from till_app.domain.receipt_templates import DocumentKind
from till_app.domain.sale import Sale, SaleLine
from till_app.domain.tax import tax_lines
from till_app.domain.tender import TenderKind
from till_app.domain.times import from_text
from till_app.services.document_parts import DocumentParts, Translate, vat_table
from till_app.services.ports import Formatting


class SalePapers:
    """Documents of completed sales. `find_sale` knows where goods that come back were bought, `find_customer`
    how to reach who buys."""

    def __init__(
        self,
        parts: DocumentParts,
        formatting: Formatting,
        translate: Translate,
        find_sale: Callable[[str], Sale | None],
        find_customer: Callable[[str], Customer | None],
    ) -> None:
        self._parts = parts
        self._format = formatting
        self._tr = translate
        self._find_sale = find_sale
        self._find_customer = find_customer

    # ------------------------------------------------------------- gift receipt

    def gift_receipt(self, sale: Sale, line_numbers: Collection[int]) -> ReceiptDocument:
        """These lines without a price, and a code that brings the sale back where goods are returned."""
        lines = [line for line in sale.lines if line.line_number in line_numbers]
        bought_on = date.fromisoformat(sale.business_date)
        return self._parts.build(
            DocumentKind.GIFT_RECEIPT,
            {
                **self._parts.of_sale(sale),
                "title": lambda: self._title(self._tr("GIFT RECEIPT")),
                "lines": lambda: [Row(line.name, self._quantity(line)) for line in lines],
                "identity": lambda: (
                    Rule(),
                    Row(self._tr("Receipt"), sale.receipt_number),
                    Row(self._tr("Bought on"), self._format.day(bought_on)),
                ),
            },
            code=gift_barcode(sale.receipt_number),
            number=sale.receipt_number,
        )

    # -------------------------------------------------------------- credit note

    def credit_note(self, sale: Sale, marks: Sequence[Element] = ()) -> ReceiptDocument:
        """For the goods that came back: amounts are what is credited, so positive.

        Says what HMRC asks of a credit note (VAT Notice 700, 18.2): number and date, both parties, the
        original receipt with its date, each item with quantity and amount, the total without VAT, and rate
        and amount of the VAT credited.
        """
        lines = [line for line in sale.lines if line.quantity_milli < 0]
        return self._parts.build(
            DocumentKind.CREDIT_NOTE,
            {
                **self._parts.of_sale(sale),
                "mark": lambda: marks,
                "title": lambda: self._title(self._tr("CREDIT NOTE")),
                "customer": lambda: self._credited_customer(sale),
                "lines": lambda: [element for line in lines for element in self._credited(line)],
                "total": lambda: self._credited_total(lines),
                "tenders": lambda: self._given_back(sale),
                "vat": lambda: [Blank(), *self._credited_vat(lines), Blank()],
                "reason": lambda: (Row(self._tr("Reason"), self._tr("goods returned")),),
                "identity": lambda: (
                    Row(self._tr("Credit note"), f"CN{sale.receipt_number}"),
                    Row(self._tr("Date"), self._format.date_and_time(from_text(sale.completed_at))),
                    Row(self._tr("Till"), sale.till_code),
                    Row(self._tr("Served by"), sale.operator_name),
                ),
            },
            code=receipt_barcode(sale.receipt_number),
            number=sale.receipt_number,
        )

    def _credited(self, line: SaleLine) -> list[Element]:
        amount = f"{self._format.amount_plain(-line.gross_minor)} {line.vat_code}"
        elements: list[Element] = [Row(line.name, amount)]
        if line.unit is Unit.KILOGRAM or line.quantity_milli != -1000:
            quantity = self._quantity(line)
            elements.append(TextLine(f"  {quantity}" if line.unit is Unit.KILOGRAM else f"  {quantity} ×"))
        elements.append(TextLine("  " + self._origin_words(line)))
        return elements

    def _origin_words(self, line: SaleLine) -> str:
        if line.origin is None:
            return self._tr("no receipt was presented")
        original = self._find_sale(line.origin.sale_uuid)
        if original is None:
            return self._tr("receipt {number}").format(number=line.origin.receipt_number)
        day = self._format.day(date.fromisoformat(original.business_date))
        return self._tr("receipt {number}, {day}").format(number=line.origin.receipt_number, day=day)

    def _credited_total(self, lines: Sequence[SaleLine]) -> tuple[Element, ...]:
        gross_minor = -sum(line.gross_minor for line in lines)
        tax_minor = -sum(line.tax_minor for line in lines)
        return (
            Rule(),
            Row(self._tr("Total without VAT"), self._format.amount(gross_minor - tax_minor)),
            Row(self._tr("VAT"), self._format.amount(tax_minor)),
            Row(self._tr("CREDITED"), self._format.amount(gross_minor), bold=True, size=Size.TALL),
        )

    def _credited_vat(self, lines: Sequence[SaleLine]) -> list[Element]:
        taxes = tax_lines(
            (line.vat_code, line.vat_rate_bp, -line.gross_minor, -line.tax_minor) for line in lines
        )
        return vat_table(taxes, self._format, self._tr)

    def _given_back(self, sale: Sale) -> list[Element]:
        if not sale.is_return:
            words = self._tr("Set against goods bought with receipt {number}")
            return [TextLine(words.format(number=sale.receipt_number))]
        names = {TenderKind.CASH: self._tr("Cash refund"), TenderKind.CARD: self._tr("Card refund")}
        return [Row(names[tender.kind], self._format.amount(-tender.amount_minor)) for tender in sale.tenders]

    def _credited_customer(self, sale: Sale) -> list[Element]:
        if sale.customer is None:
            return []
        known = self._find_customer(sale.customer.customer_id)
        address = known.address if known else ()
        return [Row(self._tr("Customer"), sale.customer.name), *map(TextLine, address), Rule()]

    # ------------------------------------------------------------- pick-up slip

    def pick_up_slip(self, sale: Sale, marks: Sequence[Element] = ()) -> ReceiptDocument:
        """For goods that wait here until somebody collects them: to go with them, and to be signed."""
        lines = [line for line in sale.lines if line.quantity_milli > 0]
        return self._parts.build(
            DocumentKind.PICK_UP_SLIP,
            {
                **self._parts.of_sale(sale),
                "mark": lambda: marks,
                "title": lambda: self._title(self._tr("PICK-UP SLIP")),
                "customer": lambda: self._collecting_customer(sale),
                "lines": lambda: [Row(line.name, f"{self._quantity(line)} [ ]") for line in lines],
                "identity": lambda: (
                    Rule(),
                    Row(self._tr("Paid"), self._format.amount(sale.total_minor)),
                    Row(self._tr("Receipt"), sale.receipt_number),
                    Row(self._tr("Date"), self._format.date_and_time(from_text(sale.completed_at))),
                    Row(self._tr("Served by"), sale.operator_name),
                ),
                "signature": lambda: (
                    Blank(),
                    TextLine(self._tr("Collected by, on:")),
                    Blank(2),
                    Rule("_"),
                ),
            },
            code=receipt_barcode(sale.receipt_number),
            number=sale.receipt_number,
        )

    def _collecting_customer(self, sale: Sale) -> list[Element]:
        """A line to write on where nobody was named."""
        if sale.customer is None:
            return [TextLine(self._tr("For:")), Blank(), Rule("_")]
        known = self._find_customer(sale.customer.customer_id)
        contacts = [text for text in (known.phone, known.email) if text] if known else []
        name = TextLine(sale.customer.name, bold=True, size=Size.TALL)
        return [name, *map(TextLine, contacts), Rule()]

    # ------------------------------------------------------------------- shared

    def _title(self, words: str) -> tuple[Element, ...]:
        return TextLine(words, Align.CENTER, bold=True, size=Size.TALL), Rule()

    def _quantity(self, line: SaleLine) -> str:
        quantity = self._format.quantity(abs(line.quantity_milli))
        return f"{quantity} kg" if line.unit is Unit.KILOGRAM else quantity
