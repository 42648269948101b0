"""What a print job holds, and printers that take it: documents for receipt printers, labels for both kinds.

A document is `hardware.document`'s JSON. A label is `{"label": {"name": …, "price": …}}` with the other texts
of `hardware.printers.labels.Label`, its `copies`, and as `code` `{"symbology": …, "data": …}` or `{"qr": …}`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hardware.document import Barcode, DocumentInvalid, QrCode, ReceiptDocument, Symbology, from_json
from hardware.printers.label_printer import LabelPrinter
from hardware.printers.labels import Label, label_document
from hardware.printers.receipt_printer import OpenDrawer, PrintOutcome, ReceiptPrinter
from hardware.printers.status import PrinterCondition

_TEXTS = ("name", "price", "was_price", "unit_price", "small_text")

JobDocument = ReceiptDocument | Label


def read_document(content: bytes) -> JobDocument:
    """Raises DocumentInvalid."""
    if not content.startswith(b'{"label"'):
        return from_json(content)
    try:
        plain = dict(json.loads(content)["label"])
        name, price, was_price, unit_price, small_text = (str(plain.get(text, "")) for text in _TEXTS)
        copies = int(plain.get("copies", 1))
        return Label(name, price, was_price, unit_price, _code(plain.get("code")), small_text, copies)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DocumentInvalid(f"not a label: {error!r}") from error


def _code(plain: dict[str, Any] | None) -> Barcode | QrCode | None:
    if plain is None:
        return None
    if "qr" in plain:
        return QrCode(str(plain["qr"]))
    return Barcode(str(plain["data"]), Symbology(plain["symbology"]))


class ReceiptJobs:
    """A receipt printer; a label becomes a small receipt."""

    def __init__(self, printer: ReceiptPrinter) -> None:
        self._printer = printer

    def print_document(
        self,
        document: JobDocument,
        before_first_byte: Callable[[], None],
        while_it_prints: Callable[[OpenDrawer], None],
    ) -> PrintOutcome:
        if isinstance(document, Label):
            document = label_document(document)
        return self._printer.print_document(document, before_first_byte, while_it_prints)

    def send_raw(self, data: bytes) -> None:
        self._printer.send_raw(data)

    def status(self) -> PrinterCondition | None:
        return self._printer.status()


class LabelJobs:
    """A label printer, with the size of the labels that are in it. It takes nothing else."""

    def __init__(self, printer: LabelPrinter, width_mm: int, height_mm: int) -> None:
        self._printer = printer
        self._width_mm = width_mm
        self._height_mm = height_mm

    def print_document(
        self,
        document: JobDocument,
        before_first_byte: Callable[[], None],
        while_it_prints: Callable[[OpenDrawer], None],
    ) -> PrintOutcome:
        """Raises DocumentInvalid for what is no label."""
        del while_it_prints  # no drawer is behind it
        if not isinstance(document, Label):
            raise DocumentInvalid("a label printer prints labels only")
        label = replace(document, width_mm=self._width_mm, height_mm=self._height_mm)
        return self._printer.print_label(label, before_first_byte)

    def send_raw(self, data: bytes) -> None:
        """Nothing is behind it."""

    def status(self) -> PrinterCondition | None:
        return self._printer.status()
