"""A printed document as the plain text that a screen shows: what paper would carry, line by line."""

from hardware.document import from_json
from hardware.text_layout import render_text
from till_app.services.item_labels import is_label, label_as_document

PREVIEW_COLUMNS = 42


def printed_text(document: bytes, columns: int = PREVIEW_COLUMNS) -> str:
    """`document` is a `hardware.document.ReceiptDocument` as JSON, or a label, as a print job holds it."""
    content = label_as_document(document) if is_label(document) else from_json(document)
    return render_text(content, columns)
