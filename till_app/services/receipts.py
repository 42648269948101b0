"""A sale as a British VAT receipt: a document without a width, for any printer and the screen."""

from collections.abc import Callable, Sequence

from hardware.document import Align, Blank, Element, ReceiptDocument, Row, Rule, Size, TextLine, to_json
from till_app.domain.catalogue import ReceiptText, Unit
from till_app.domain.ids import receipt_barcode
from till_app.domain.money import extended_price_minor
from till_app.domain.receipt_templates import DocumentKind, Template, usual_template
from till_app.domain.sale import Sale, SaleLine
from till_app.domain.tender import TenderKind, TenderLine
from till_app.domain.times import from_text
from till_app.services.document_parts import DocumentParts, Translate, vat_table
from till_app.services.ports import Formatting
from till_app.services.workplace import Workplace


class ReceiptWriter:
    """Makes receipt documents as the JSON that a print job holds."""

    def __init__(
        self,
        workplace: Workplace,
        formatting: Formatting,
        translate: Translate,
        texts: Callable[[], Sequence[ReceiptText]] = tuple,
        card_copy: Callable[[str], Sequence[str]] = lambda _tender_id: (),
        templates: Callable[[DocumentKind], Template] = usual_template,
    ) -> None:
        """`texts`: what the hub wants printed above and below, of any day. `card_copy`: by tender, what a
        card terminal wants printed for the customer."""
        self._parts = DocumentParts(workplace, formatting, translate, texts, templates)
        self._format = formatting
        self._tr = translate
        self._card_copy = card_copy

    def title(self, sale: Sale) -> str:
        """For the print queue's screens."""
        return self._tr("Receipt {number}").format(number=sale.receipt_number)

    def receipt(self, sale: Sale) -> bytes:
        return to_json(self.document(sale))

    def copy(self, sale: Sale, copy_number: int, at: str, operator_name: str) -> bytes:
        """A reprint: marked as a copy, with who made it and when."""
        return to_json(self.document(sale, self._parts.copy_mark(copy_number, at, operator_name)))

    def document(self, sale: Sale, marks: Sequence[Element] = ()) -> ReceiptDocument:
        return self._parts.build(
            DocumentKind.RECEIPT,
            {
                **self._parts.of_sale(sale),
                "mark": lambda: marks,
                "title": lambda: self._what_it_is(sale),
                "lines": lambda: [element for line in sale.lines for element in self._line(line)],
                "total": lambda: self._total(sale),
                "tenders": lambda: [element for tender in sale.tenders for element in self._tender(tender)],
                "savings": lambda: self._savings(sale),
                "vat": lambda: [Blank(), *vat_table(sale.tax_lines, self._format, self._tr), Blank()],
                "identity": lambda: self._identity(sale),
            },
            code=receipt_barcode(sale.receipt_number),
            number=sale.receipt_number,
        )

    def _what_it_is(self, sale: Sale) -> tuple[Element, ...]:
        if sale.is_return:
            return (TextLine(self._tr("REFUND"), Align.CENTER, bold=True), Rule())
        return (Rule(),)

    def _total(self, sale: Sale) -> tuple[Element, ...]:
        amount = self._format.amount(sale.total_minor)
        return Rule(), Row(self._tr("TOTAL"), amount, bold=True, size=Size.TALL)

    def _line(self, line: SaleLine) -> list[Element]:
        amount_minor = line.gross_minor + line.discount_minor
        elements: list[Element] = [
            Row(line.name, f"{self._format.amount_plain(amount_minor)} {line.vat_code}"),
        ]
        if line.unit is Unit.KILOGRAM or abs(line.quantity_milli) != 1000:
            elements.append(TextLine("  " + self._quantity(line, amount_minor)))
        by_hand_minor = line.discount_minor
        for saving in line.promotions:
            name = saving.name or self._tr("Offer")
            elements.append(Row("  " + name, self._format.amount_plain(-saving.amount_minor)))
            by_hand_minor -= saving.amount_minor
        if by_hand_minor:
            elements.append(Row("  " + self._tr("Discount"), self._format.amount_plain(-by_hand_minor)))
        if line.origin is not None:
            elements.append(
                TextLine("  " + self._tr("from receipt {number}").format(number=line.origin.receipt_number))
            )
        return elements

    def _quantity(self, line: SaleLine, amount_minor: int) -> str:
        """With the unit price, unless the goods come back for less than it: for what was paid."""
        is_weighed = line.unit is Unit.KILOGRAM
        quantity = self._format.quantity(line.quantity_milli) + (" kg" if is_weighed else "")
        is_at_price = extended_price_minor(line.unit_price_minor, line.quantity_milli) == amount_minor
        if line.origin is not None and not is_at_price:
            return quantity
        price = self._format.amount(line.unit_price_minor) + ("/kg" if is_weighed else "")
        return f"{quantity} × {price}"

    def _tender(self, tender: TenderLine) -> list[Element]:
        if tender.kind is TenderKind.CASH:
            name = self._tr("Cash") if tender.amount_minor >= 0 else self._tr("Cash refund")
        else:
            name = self._tr("Card") if tender.amount_minor >= 0 else self._tr("Card refund")
        if tender.reference:
            name = f"{name} {tender.reference}"
        elements: list[Element] = [Row(name, self._format.amount(tender.given_minor))]
        if tender.change_minor:
            elements.append(Row(self._tr("Change"), self._format.amount(tender.change_minor)))
        if tender.kind is TenderKind.CARD:
            elements += [TextLine("  " + line) for line in self._card_copy(tender.tender_id)]
        return elements

    def _savings(self, sale: Sale) -> list[Element]:
        if not sale.savings_minor:
            return []
        words = self._tr("You saved {amount}").format(amount=self._format.amount(sale.savings_minor))
        return [TextLine(words, Align.CENTER, bold=True)]

    def _identity(self, sale: Sale) -> list[Element]:
        name = sale.customer.name if sale.customer else ""
        return [
            *([Row(self._tr("Customer"), name)] if name else []),
            Row(self._tr("Receipt"), sale.receipt_number),
            Row(self._tr("Date"), self._format.date_and_time(from_text(sale.completed_at))),
            Row(self._tr("Till"), sale.till_code),
            Row(self._tr("Served by"), sale.operator_name),
        ]
