"""One job from its queue to the printer, and what is known of it afterwards into the ledger."""

import logging
from collections.abc import Callable, Mapping

from hardware.document import DocumentInvalid
from hardware.printers.receipt_printer import NotSent, OpenDrawer, Printed, PrintOutcome, Unconfirmed
from till_app.devices.job_documents import read_document
from till_app.devices.printer_ports import DocumentPrinter
from till_app.services.ports import JobState, LedgerUnavailable, PrintJob, PrintJobs

log = logging.getLogger(__name__)

UNREADABLE = "document_invalid"
FAILED = "failed"


class JobUnreadable(Exception):
    """The job is cancelled: it could never be printed."""


class JobGone(Exception):
    """A person gave the job up, or it went to another printer, in the meantime."""


class PrintRun:
    """For one thread. Every call may raise LedgerUnavailable: what is known then is written with the next."""

    def __init__(self, printers: Mapping[str, DocumentPrinter], jobs: PrintJobs) -> None:
        """`printers` by queue, the most urgent one first."""
        self._printers = printers
        self._jobs = jobs
        self._outcomes: list[tuple[PrintJob, JobState, str]] = []
        """Known and not in the ledger yet."""

    def next_job(self) -> PrintJob | None:
        self._write_outcomes()
        return next(filter(None, map(self._jobs.next_job, self._printers)), None)

    def print(self, job: PrintJob, while_it_prints: Callable[[OpenDrawer], None]) -> PrintOutcome:
        """Raises JobUnreadable and JobGone: nothing of it left."""
        is_sending = False

        def before_first_byte() -> None:
            nonlocal is_sending
            try:
                self._jobs.mark(job.job_id, JobState.SENDING, by_printer=job.printer)
            except ValueError as error:
                raise JobGone(f"{job.title} is not for the {job.printer} any more") from error
            is_sending = True

        try:
            document = read_document(job.document)
            outcome = self._printers[job.printer].print_document(document, before_first_byte, while_it_prints)
        except (JobGone, LedgerUnavailable):
            raise
        except DocumentInvalid as error:
            log.error("the document of %s cannot be read: %s", job.title, error)
            raise self._unreadable(job) from error
        except Exception as error:
            log.exception("%s could not be printed", job.title)
            if not is_sending:
                # Another try would end the same way, and nothing behind it would ever print.
                raise self._unreadable(job) from error
            outcome = Unconfirmed(FAILED)
        self._keep(job, outcome)
        return outcome

    def hold(self, job: PrintJob, reason: str) -> None:
        """It is not sent now, and waits."""
        if job.state is JobState.WAITING and job.reason == reason:
            return
        try:
            self._jobs.mark(job.job_id, JobState.WAITING, reason, by_printer=job.printer)
        except ValueError as error:
            log.info("%s: %s", job.title, error)

    def _unreadable(self, job: PrintJob) -> JobUnreadable:
        self._jobs.mark(job.job_id, JobState.CANCELLED, UNREADABLE, by_printer=job.printer)
        return JobUnreadable(job.title)

    def _keep(self, job: PrintJob, outcome: PrintOutcome) -> None:
        match outcome:
            case Printed():
                self._outcomes.append((job, JobState.PRINTED, ""))
            case Unconfirmed(reason=reason):
                self._outcomes.append((job, JobState.UNCONFIRMED, reason))
            case NotSent(reason=reason):
                self._outcomes.append((job, JobState.WAITING, reason))
        self._write_outcomes()

    def _write_outcomes(self) -> None:
        while self._outcomes:
            job, state, reason = self._outcomes[0]
            try:
                self._jobs.mark(job.job_id, state, reason, by_printer=job.printer)
            except ValueError as error:
                log.info("%s: %s", job.title, error)
            del self._outcomes[0]
