"""The receipt printer's one worker: drawer kicks first, then the durable print queue."""

import logging
import threading
import time
from collections.abc import Callable

from hardware.document import DocumentInvalid, from_json
from hardware.printers.receipt_printer import NotSent, Printed, ReceiptPrinter, Unconfirmed
from till_app.services.ports import JobState, LedgerUnavailable, PrintJobs
from till_app.services.status import PrinterState, PrinterStatus

log = logging.getLogger(__name__)

DRAWER_LIFE_S = 5.0
"""A kick that could not be sent by then is dropped: a drawer must not jump open minutes later."""
FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 15.0


class PrinterWorker:
    """Implements Printing and CashDrawer; `on_status` is called from the worker's thread."""

    def __init__(
        self,
        jobs: PrintJobs,
        printer: ReceiptPrinter,
        on_status: Callable[[PrinterStatus], None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs = jobs
        self._printer = printer
        self._on_status = on_status
        self._monotonic = monotonic
        self._wakeup = threading.Condition()
        self._has_work = True
        self._kick_until: float | None = None
        self._is_stopping = False
        self._retry_s = FIRST_RETRY_S
        self._status = PrinterStatus()
        self._thread = threading.Thread(target=self._run, name="receipt-printer", daemon=True)

    def start(self) -> None:
        self._jobs.settle_after_start()
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended; a print under way is finished within its own deadlines."""
        with self._wakeup:
            self._is_stopping = True
            self._wakeup.notify()
        if self._thread.is_alive():
            self._thread.join()

    def wake(self) -> None:
        with self._wakeup:
            self._has_work = True
            self._retry_s = FIRST_RETRY_S
            self._wakeup.notify()

    def open(self) -> None:
        with self._wakeup:
            self._kick_until = self._monotonic() + DRAWER_LIFE_S
            self._wakeup.notify()

    def resolve(self, job_id: str, *, printed: bool) -> None:
        """A person looked: an unconfirmed receipt printed, or is to be sent again."""
        self._jobs.mark(job_id, JobState.PRINTED if printed else JobState.QUEUED, "told_by_operator")
        self.wake()

    def skip(self, job_id: str) -> None:
        """A person gave the paper up; the document stays in the ledger and can be reprinted."""
        self._jobs.mark(job_id, JobState.CANCELLED, "skipped_by_operator")
        self.wake()

    # ---------------------------------------------------------------- the thread

    def _run(self) -> None:
        while True:
            with self._wakeup:
                if not (self._has_work or self._kick_until or self._is_stopping):
                    self._wakeup.wait(self._retry_s if self._status.state is PrinterState.WAITING else None)
                if self._is_stopping:
                    return
                kick_until, self._kick_until = self._kick_until, None
                self._has_work = False
            try:
                if kick_until is not None:
                    self._kick(kick_until)
                self._print_one()
            except Exception:
                log.exception("the printer worker failed; it goes on")
                with self._wakeup:
                    self._wakeup.wait(FIRST_RETRY_S)

    def _kick(self, until: float) -> None:
        if self._monotonic() > until:
            log.info("a drawer kick came too late and was dropped")
            return
        outcome = self._printer.open_drawer()
        if isinstance(outcome, NotSent):
            log.info("the drawer could not be opened: %s", outcome.reason)

    def _print_one(self) -> None:
        """Print the oldest job; come back at once while there are more, later while the printer cannot."""
        job = self._jobs.next_job()
        if job is None:
            self._report(PrinterState.READY)
            return
        if job.state is JobState.QUEUED:
            self._report(PrinterState.BUSY)
        try:
            document = from_json(job.document)
        except DocumentInvalid as error:
            log.error("the document of %s cannot be read: %s", job.title, error)
            self._jobs.mark(job.job_id, JobState.CANCELLED, "document_invalid")
            self.wake()
            return
        outcome = self._printer.print_document(
            document, before_first_byte=lambda: self._jobs.mark(job.job_id, JobState.SENDING)
        )
        match outcome:
            case Printed():
                self._jobs.mark(job.job_id, JobState.PRINTED)
            case Unconfirmed(reason=reason):
                self._jobs.mark(job.job_id, JobState.UNCONFIRMED, reason)
            case NotSent(reason=reason):
                self._jobs.mark(job.job_id, JobState.WAITING, reason)
                self._report(PrinterState.WAITING, reason)
                self._retry_s = min(LONGEST_RETRY_S, self._retry_s * 2)
                return
        self._retry_s = FIRST_RETRY_S
        with self._wakeup:
            self._has_work = True

    def _report(self, state: PrinterState, reason: str = "") -> None:
        open_jobs = self._jobs.open_jobs()
        unconfirmed = next((job for job in open_jobs if job.state is JobState.UNCONFIRMED), None)
        if unconfirmed is not None and state is PrinterState.READY:
            state = PrinterState.UNCONFIRMED
        waiting = sum(job.state in (JobState.WAITING, JobState.QUEUED) for job in open_jobs)
        status = PrinterStatus(
            state,
            reason if state is PrinterState.WAITING else "",
            waiting,
            unconfirmed.job_id if unconfirmed else None,
            unconfirmed.title if unconfirmed else "",
        )
        if status != self._status:
            self._status = status
            self._on_status(status)


class NoPrinter:
    """A till without a printer: receipts are shown on the screen, so their jobs are settled as they come."""

    def __init__(self, jobs: PrintJobs) -> None:
        self._jobs = jobs

    def start(self) -> None:
        self.wake()

    def stop(self) -> None:
        """Nothing runs."""

    def resolve(self, job_id: str, *, printed: bool) -> None:
        self._jobs.mark(job_id, JobState.PRINTED if printed else JobState.CANCELLED, "told_by_operator")

    def skip(self, job_id: str) -> None:
        self._jobs.mark(job_id, JobState.CANCELLED, "skipped_by_operator")

    def wake(self) -> None:
        """A full disk leaves the jobs to the next time: the sale that brought them is committed already."""
        try:
            for job in self._jobs.open_jobs():
                self._jobs.mark(job.job_id, JobState.CANCELLED, "no_printer")
        except LedgerUnavailable as error:
            log.info("receipts without a printer are not settled yet: %s", error)

    def open(self) -> None:
        """There is no drawer to open."""
