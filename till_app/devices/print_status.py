"""What all print queues together come to, as the one PrinterStatus that the screens show."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from till_app.devices.printer_worker import PrinterWorker
from till_app.services.device_settings import DeviceId
from till_app.services.ports import HELD_SINCE_RESTART, JobSummary, PrintJobs
from till_app.services.status import PrinterState, PrinterStatus


class PrintStatus:
    """Told from the workers' threads, one at a time."""

    def __init__(self, jobs: PrintJobs, on_status: Callable[[PrinterStatus], None]) -> None:
        self._jobs = jobs
        self._on_status = on_status
        self._lock = threading.RLock()
        self._workers: Mapping[str, PrinterWorker] = {}
        self._told = PrinterStatus()
        self._printed_elsewhere = ""
        self._unreadable = ""
        self._given_up = 0

    def begin(self, workers: Mapping[str, PrinterWorker]) -> None:
        with self._lock:
            self._workers = dict(workers)
            if not self._workers:
                self.tell()

    def printed_elsewhere(self, title: str) -> None:
        with self._lock:
            self._printed_elsewhere = title

    def unreadable(self, title: str) -> None:
        with self._lock:
            self._unreadable = title
        self.tell()

    def given_up(self, documents: int) -> None:
        with self._lock:
            self._given_up += documents
        self.tell()

    def tell(self) -> None:
        """If it is another than before."""
        with self._lock:
            status = self._read()
            if status != self._told:
                self._told = status
                self._on_status(status)

    def _read(self) -> PrinterStatus:
        summaries = {worker: self._jobs.summary(worker.queues) for worker in self._workers.values()}
        waiting = sum(summary.waiting for summary in summaries.values())
        held = sum(summary.held for summary in summaries.values())
        unconfirmed = sum(summary.unconfirmed for summary in summaries.values())
        asked = next((summary for summary in summaries.values() if summary.unconfirmed), JobSummary())
        main = self._workers.get(DeviceId.RECEIPT_PRINTER) or self._workers.get(DeviceId.FALLBACK_PRINTER)
        status = PrinterStatus(
            waiting_jobs=waiting,
            held_jobs=held,
            unconfirmed_jobs=unconfirmed,
            unconfirmed_job=asked.unconfirmed_job,
            unconfirmed_title=asked.unconfirmed_title,
            has_other_printer={DeviceId.RECEIPT_PRINTER, DeviceId.FALLBACK_PRINTER} <= set(self._workers),
            printed_elsewhere=self._printed_elsewhere,
            unreadable=self._unreadable,
            given_up=self._given_up,
            is_paper_near_end=main is not None and main.state.is_paper_near_end,
        )
        stuck = next(
            (worker for worker, summary in summaries.items() if summary.waiting and worker.state.trouble),
            None,
        )
        if stuck is not None:
            return replace(status, state=PrinterState.WAITING, reason=self._why(stuck))
        if unconfirmed:
            return replace(status, state=PrinterState.UNCONFIRMED, reason=asked.unconfirmed_reason)
        if held:
            return replace(status, state=PrinterState.WAITING, reason=HELD_SINCE_RESTART)
        if any(worker.state.is_busy for worker in self._workers.values()):
            return replace(status, state=PrinterState.BUSY)
        if main is None:
            return status
        if main.state.trouble:
            return replace(status, state=PrinterState.WAITING, reason=main.state.trouble)
        return replace(status, state=PrinterState.READY)

    def _why(self, stuck: PrinterWorker) -> str:
        """What waits at the other printer waits for the receipt printer just as well, and is there only as
        long as that one needs somebody: its reason is the one to put right."""
        main = self._workers.get(DeviceId.RECEIPT_PRINTER)
        if main is not None and stuck is self._workers.get(DeviceId.FALLBACK_PRINTER):
            return main.state.trouble or stuck.state.trouble
        return stuck.state.trouble
