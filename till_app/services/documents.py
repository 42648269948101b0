"""Printing what a sale or an item needs besides its receipt; what goes to a customer is on record."""

from collections.abc import Callable, Collection, Sequence

from hardware.document import Element, to_json
from till_app.domain.catalogue import Item
from till_app.domain.errors import DomainError
from till_app.domain.receipt_templates import DocumentKind
from till_app.domain.sale import Sale
from till_app.services.device_settings import DeviceId
from till_app.services.document_parts import DocumentParts, Translate
from till_app.services.item_labels import LabelWriter
from till_app.services.ports import JobKind, Ledger, Printing, PrintJob
from till_app.services.sale_papers import SalePapers
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, ReprintBody

MOST_LABELS = 99


class Documents:
    """GUI thread only. Every call raises DomainError `not_signed_on` and LedgerUnavailable.

    Each print for a customer is counted in the journal as copies of a receipt are, under a name of its own:
    `GIFT 2-000001`, `CREDIT 2-000002`, `PICK-UP 2-000001`. Labels are no fact.
    """

    def __init__(
        self,
        workplace: Workplace,
        ledger: Ledger,
        parts: DocumentParts,
        papers: SalePapers,
        labels: LabelWriter,
        printing: Printing,
        translate: Translate,
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._parts = parts
        self._papers = papers
        self._labels = labels
        self._printing = printing
        self._tr = translate

    @property
    def can_print_labels(self) -> bool:
        """On a label printer or, as small receipts, on the receipt printer."""
        return self._printing.serves(DeviceId.LABEL_PRINTER)

    def gift_receipt(self, sale: Sale, line_numbers: Collection[int] | None = None) -> PrintJob:
        """Of these lines, or of all goods that were bought. Raises DomainError `nothing_to_print`."""
        bought = {line.line_number for line in sale.lines if line.quantity_milli > 0}
        chosen = bought if line_numbers is None else bought.intersection(line_numbers)
        if not chosen:
            raise DomainError("nothing_to_print")
        document = to_json(self._papers.gift_receipt(sale, chosen))
        title = self._tr("Gift receipt {number}").format(number=sale.receipt_number)
        return self._print(
            JobKind.GIFT_RECEIPT, title, f"GIFT {sale.receipt_number}", lambda _count: document
        )

    def credit_note(self, sale: Sale) -> PrintJob:
        """Of the goods that came back; from the second print on it is a copy.

        Raises DomainError `nothing_to_print` when none did.
        """
        if all(line.quantity_milli > 0 for line in sale.lines):
            raise DomainError("nothing_to_print")
        title = self._tr("Credit note {number}").format(number=f"CN{sale.receipt_number}")
        return self._print(
            JobKind.CREDIT_NOTE,
            title,
            f"CREDIT {sale.receipt_number}",
            lambda count: to_json(self._papers.credit_note(sale, self._mark(count))),
        )

    def pick_up_slip(self, sale: Sale) -> PrintJob:
        """Of the goods that were bought; from the second print on it is a copy.

        Raises DomainError `nothing_to_print` when goods only came back.
        """
        if sale.is_return:
            raise DomainError("nothing_to_print")
        title = self._tr("Pick-up slip {number}").format(number=sale.receipt_number)
        return self._print(
            JobKind.PICK_UP_SLIP,
            title,
            f"PICK-UP {sale.receipt_number}",
            lambda count: to_json(self._papers.pick_up_slip(sale, self._mark(count))),
        )

    def label(self, item: Item, kind: DocumentKind) -> bytes:
        """One label's document, to be shown. Raises DomainError `label_price_missing`."""
        return self._labels.label(item, kind)

    def print_labels(self, item: Item, kind: DocumentKind, copies: int) -> PrintJob:
        """`kind`: one of `LABELS`; `copies`: 1 to MOST_LABELS. Raises DomainError `label_price_missing`."""
        self._workplace.require_operator()
        job = PrintJob(
            self._workplace.new_id(),
            JobKind.LABEL,
            self._labels.title(item, copies),
            self._labels.label(item, kind, copies),
            self._workplace.now_text(),
            printer=DeviceId.LABEL_PRINTER,
        )
        with self._ledger.write() as write:
            write.add_print_job(job)
            write.commit()
        self._printing.wake()
        return job

    def _mark(self, count: int) -> Sequence[Element]:
        """The first print is the document itself."""
        if count == 1:
            return ()
        operator = self._workplace.require_operator()
        return self._parts.copy_mark(count - 1, self._workplace.now_text(), operator.name)

    def _print(
        self, kind: JobKind, title: str, counted_as: str, document: Callable[[int], bytes]
    ) -> PrintJob:
        """`document` is told the how-manieth print it is."""
        operator = self._workplace.require_operator()
        with self._ledger.write() as write:
            count = write.next_copy_number(counted_as)
            job = PrintJob(self._workplace.new_id(), kind, title, document(count), self._workplace.now_text())
            write.record(
                self._workplace.fact(Kind.REPRINT, ReprintBody(counted_as, count, operator.staff_id))
            )
            write.add_print_job(job)
            write.commit()
        self._printing.wake()
        return job
