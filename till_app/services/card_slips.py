"""What a card terminal wants printed, as documents; the terminal's driver has masked the lines."""

from collections.abc import Sequence

from hardware.document import Cut, Element, ReceiptDocument, TextLine, to_json
from till_app.services.document_parts import Translate


class CardSlips:
    """Makes documents as the JSON that a print job holds."""

    def __init__(self, translate: Translate) -> None:
        self._tr = translate

    def title(self) -> str:
        """For the print queue's screens."""
        return self._tr("Card slip")

    def slip(self, lines: Sequence[str]) -> bytes:
        elements: list[Element] = [TextLine(line) for line in lines]
        return to_json(ReceiptDocument((*elements, Cut())))
