"""Shelf-edge and price labels of items: what stands on them, and their form as a print job's document.

That form is `{"label": {…}}` as `devices.job_documents` reads it; where things stand is up to the printer.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from hardware.document import Align, Barcode, Element, ReceiptDocument, Size, Symbology, TextLine
from till_app.domain.catalogue import Item, Unit
from till_app.domain.errors import DomainError
from till_app.domain.net_content import Measure, content_of
from till_app.domain.promotions import PromotionBook, PromotionKind
from till_app.domain.receipt_templates import DocumentKind, Template, usual_template
from till_app.services.document_parts import Translate
from till_app.services.ports import Catalogue, Formatting
from till_app.services.pricing import Pricing
from till_app.services.workplace import Workplace

_DOT = " · "
_BY_LENGTH = {8: Symbology.EAN8, 12: Symbology.UPCA, 13: Symbology.EAN13, 14: Symbology.ITF14}
_MARK = b'{"label"'


@dataclass(frozen=True, slots=True)
class LabelPrice:
    """What the item costs here today, whoever buys; minor units."""

    price_minor: int
    was_minor: int | None = None
    """What it costs when the promotion is over; None: no promotion makes one of it cheaper."""
    offer: str = ""
    """The promotion for several that it takes part in, such as `3 for 2`."""


class LabelWriter:
    """GUI thread only."""

    def __init__(
        self,
        workplace: Workplace,
        catalogue: Catalogue,
        pricing: Pricing,
        formatting: Formatting,
        translate: Translate,
        templates: Callable[[DocumentKind], Template] = usual_template,
    ) -> None:
        self._workplace = workplace
        self._catalogue = catalogue
        self._pricing = pricing
        self._format = formatting
        self._tr = translate
        self._templates = templates

    def title(self, item: Item, copies: int) -> str:
        """For the print queue's screens."""
        title = self._tr("Label {item}").format(item=item.name)
        return title if copies == 1 else f"{copies} × {title}"

    def label(self, item: Item, kind: DocumentKind, copies: int = 1) -> bytes:
        """`kind`: one of `LABELS`. Raises DomainError `label_price_missing`."""
        price = self.price_of(item)
        template = self._templates(kind)
        texts = {
            "name": item.name,
            "price": self._price_words(item, price.price_minor),
            "was_price": self._was_words(item, price),
            "unit_price": self._unit_price(item, price.price_minor, per_100=template.unit_price_per_100),
        }
        label: dict[str, Any] = {
            name: text for name, text in texts.items() if name in template.blocks and text
        }
        small = {
            "offer": price.offer,
            "item_code": item.item_code,
            "date": self._format.day(date.fromisoformat(self._workplace.business_date)),
        }
        small_text = _DOT.join(text for name, text in small.items() if name in template.blocks and text)
        if small_text:
            label["small_text"] = small_text
        code = barcode_of(item)
        if code is not None and "barcode" in template.blocks:
            label["code"] = {"symbology": code.symbology.value, "data": code.data}
        if copies != 1:
            label["copies"] = copies
        return json.dumps({"label": label}, ensure_ascii=False, separators=(",", ":")).encode()

    def price_of(self, item: Item) -> LabelPrice:
        """Raises DomainError `label_price_missing`."""
        price_minor = self._pricing.price_of(item).price_minor
        if price_minor is None:
            raise DomainError("label_price_missing", item=item.name)
        day = self._workplace.business_date
        promotions = PromotionBook(self._catalogue.promotions(), day).promotions_of(
            item.item_id, item.department_id
        )
        kinds = (PromotionKind.PERCENT_OFF,) if item.is_weighed else tuple(PromotionKind)
        # An amount off counts whole things only, so a weighed label cannot show it.
        saving_minor = max(
            (each.saving_alone_minor(price_minor) for each in promotions if each.kind in kinds), default=0
        )
        offers = [] if item.is_weighed else [each.name for each in promotions if each.is_multibuy]
        was_minor = price_minor if saving_minor else None
        return LabelPrice(price_minor - saving_minor, was_minor, ", ".join(offers))

    def _price_words(self, item: Item, amount_minor: int) -> str:
        return self._format.amount(amount_minor) + ("/kg" if item.unit is Unit.KILOGRAM else "")

    def _was_words(self, item: Item, price: LabelPrice) -> str:
        if price.was_minor is None:
            return ""
        return self._tr("was {amount}").format(amount=self._price_words(item, price.was_minor))

    def _unit_price(self, item: Item, price_minor: int, *, per_100: bool) -> str:
        """Only where the name says how much is in it; what is weighed is priced by the kilogram already."""
        content = None if item.is_weighed else content_of(item.name)
        if content is None:
            return ""
        is_weight = content.measure is Measure.KILOGRAM
        if per_100:
            words = self._tr("{amount} per 100 g") if is_weight else self._tr("{amount} per 100 ml")
        else:
            words = self._tr("{amount} per kg") if is_weight else self._tr("{amount} per litre")
        return words.format(
            amount=self._format.amount(content.unit_price_minor(price_minor, per_100=per_100))
        )


def barcode_of(item: Item) -> Barcode | None:
    """The first of its codes that can be printed and scanned: a barcode, the PLU, the shop's own code."""
    for text in (*item.barcodes, item.plu or "", item.item_code):
        for symbology in (_BY_LENGTH.get(len(text)), Symbology.CODE128):
            if symbology is not None:
                try:
                    return Barcode(text, symbology)
                except ValueError:
                    continue
    return None


def is_label(document: bytes) -> bool:
    return document.startswith(_MARK)


def label_as_document(document: bytes) -> ReceiptDocument:
    """What is on a label, to be read on a screen. Raises ValueError, KeyError for what is none."""
    label = json.loads(document)["label"]
    elements: list[Element] = [TextLine(str(label.get("name", "")), Align.CENTER, bold=True)]
    for name in ("was_price", "price", "unit_price", "small_text"):
        if label.get(name):
            size = Size.LARGE if name == "price" else Size.NORMAL
            elements.append(TextLine(str(label[name]), Align.CENTER, size=size))
    code = label.get("code")
    if code is not None:
        text = str(code.get("data") or code.get("qr"))
        elements.append(TextLine(f"*{text}*", Align.CENTER))
    return ReceiptDocument(tuple(elements))
