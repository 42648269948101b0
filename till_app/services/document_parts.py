"""What printed documents have in common, and how a template's blocks become one document."""

from collections.abc import Callable, Mapping, Sequence

from hardware.document import (
    Align,
    Barcode,
    Blank,
    Cut,
    Element,
    Image,
    QrCode,
    ReceiptDocument,
    Rule,
    Size,
    TableRow,
    TextLine,
)
from till_app.domain.catalogue import ReceiptText, Shop, TextPlace
from till_app.domain.receipt_templates import (
    QR_CODE,
    QR_NUMBER,
    DocumentKind,
    Template,
    usual_template,
)
from till_app.domain.sale import Sale
from till_app.domain.tax import TaxLine
from till_app.domain.times import from_text
from till_app.services.ports import Formatting
from till_app.services.workplace import Workplace

Translate = Callable[[str], str]
"""The words of a printed document in the shop's language."""
Block = Callable[[], Sequence[Element]]
Blocks = Mapping[str, Block]
"""By the names that templates call them."""
LOGO = "logo"
"""The picture at a document's head: printers that are not set to print it leave it out."""


class DocumentParts:
    """The workplace's own words, and the blocks that stand on documents of several kinds."""

    def __init__(
        self,
        workplace: Workplace,
        formatting: Formatting,
        translate: Translate,
        texts: Callable[[], Sequence[ReceiptText]] = tuple,
        templates: Callable[[DocumentKind], Template] = usual_template,
    ) -> None:
        """`texts`: what the hub wants printed above and below, of any day."""
        self._workplace = workplace
        self._format = formatting
        self._tr = translate
        self._texts = texts
        self._templates = templates

    def build(
        self, kind: DocumentKind, blocks: Blocks, *, code: str = "", number: str = ""
    ) -> ReceiptDocument:
        """`code`: what its barcode holds; `number`: the receipt's."""
        template = self._templates(kind)
        qr_text = template.qr_text.replace(QR_CODE, code).replace(QR_NUMBER, number)
        common: Blocks = {
            "logo": lambda: (Image(name=LOGO),),
            "shop": lambda: shop_header(self._workplace.shop, self._tr),
            "rule": lambda: (Rule(),),
            "blank": lambda: (Blank(),),
            "barcode": lambda: (Barcode(code),),
            "qr": lambda: (QrCode(qr_text),),
            "footer": lambda: _centred(self._workplace.shop.receipt_footer.splitlines()),
        }
        known = {**common, **blocks}
        return ReceiptDocument((*(element for name in template.blocks for element in known[name]()), Cut()))

    def texts_at(self, place: TextPlace, sale: Sale) -> Sequence[Element]:
        """Those that hold on the day of the sale, so that a copy says what the receipt said."""
        texts = sorted(
            (
                text
                for text in self._texts()
                if text.place is place and text.validity.holds_on(sale.business_date)
            ),
            key=lambda text: (text.position, text.receipt_text_id),
        )
        return _centred([line for text in texts for line in text.text.splitlines()])

    def of_sale(self, sale: Sale) -> Blocks:
        """The blocks that any document about a sale may have."""
        return {
            "texts_above": lambda: self.texts_at(TextPlace.HEADER, sale),
            "texts_below": lambda: self.texts_at(TextPlace.FOOTER, sale),
        }

    def copy_mark(self, copy_number: int, at: str, operator_name: str) -> tuple[Element, ...]:
        mark = self._tr("COPY {number}").format(number=copy_number)
        detail = f"{self._format.date_and_time(from_text(at))} · {operator_name}"
        return (
            TextLine(mark, Align.CENTER, bold=True, size=Size.TALL),
            TextLine(detail, Align.CENTER),
        )


def _centred(lines: Sequence[str]) -> Sequence[Element]:
    return [TextLine(line, Align.CENTER) for line in lines]


def shop_header(shop: Shop, translate: Translate) -> list[Element]:
    """Who sells: what a VAT receipt must name."""
    elements: list[Element] = [TextLine(shop.name, Align.CENTER, bold=True, size=Size.TALL)]
    elements += [TextLine(line, Align.CENTER) for line in shop.address]
    if shop.phone:
        elements.append(TextLine(shop.phone, Align.CENTER))
    if shop.vat_number:
        words = translate("VAT No. {number}").format(number=shop.vat_number)
        elements.append(TextLine(words, Align.CENTER))
    elements += [TextLine(line, Align.CENTER) for line in shop.receipt_header.splitlines()]
    return elements


def vat_table(taxes: Sequence[TaxLine], formatting: Formatting, translate: Translate) -> list[Element]:
    """By VAT letter and rate: gross, net and tax."""
    header = TableRow(
        (translate("VAT"), translate("Rate"), translate("Gross"), translate("Net"), translate("VAT"))
    )
    return [
        header,
        *[
            TableRow(
                (
                    tax.vat_code,
                    formatting.percent(tax.rate_bp),
                    formatting.amount_plain(tax.gross_minor),
                    formatting.amount_plain(tax.net_minor),
                    formatting.amount_plain(tax.tax_minor),
                )
            )
            for tax in taxes
        ],
    ]
