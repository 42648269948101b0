"""A printed document as the plain text that a screen shows: what paper would carry, line by line."""

from hardware.document import from_json
from hardware.text_layout import render_text

PREVIEW_COLUMNS = 42


def printed_text(document: bytes, columns: int = PREVIEW_COLUMNS) -> str:
    """`document` is a `hardware.document.ReceiptDocument` as JSON, as a print job holds it."""
    return render_text(from_json(document), columns)
