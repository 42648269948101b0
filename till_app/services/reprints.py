"""Another print of a receipt: always marked as a copy, always on record, never opening the drawer."""

from till_app.domain.sale import Sale
from till_app.services.ports import JobKind, Ledger, Printing, PrintJob
from till_app.services.receipts import ReceiptWriter
from till_app.services.workplace import Workplace
from till_app.wire.bodies import Kind, ReprintBody


class Reprints:
    """GUI thread only."""

    def __init__(
        self, workplace: Workplace, ledger: Ledger, receipts: ReceiptWriter, printing: Printing
    ) -> None:
        self._workplace = workplace
        self._ledger = ledger
        self._receipts = receipts
        self._printing = printing

    def reprint(self, sale: Sale) -> PrintJob:
        operator = self._workplace.require_operator()
        now = self._workplace.now_text()
        with self._ledger.write() as write:
            number = write.next_copy_number(sale.receipt_number)
            job = PrintJob(
                self._workplace.new_id(),
                JobKind.RECEIPT,
                self._receipts.title(sale),
                self._receipts.copy(sale, number, now, operator.name),
                now,
            )
            write.record(
                self._workplace.fact(
                    Kind.REPRINT, ReprintBody(sale.receipt_number, number, operator.staff_id)
                )
            )
            write.add_print_job(job)
            write.commit()
        self._printing.wake()
        return job
