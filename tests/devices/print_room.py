"""A ledger, simulated printers and the till's printing over them, with everything that it reports kept."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from hardware.document import Cut, ReceiptDocument, TextLine, to_json
from hardware.printers.receipt_printer import Patience
from tests.store.builders import a_ledger
from till_app.devices.printers import PrintingFiles
from till_app.devices.printing import TillPrinting
from till_app.services.device_settings import DeviceSettings, DrawerSettings, PrinterSettings
from till_app.services.device_status import DeviceHealth, DrawerEvent
from till_app.services.ports import JobKind, JobState, PrintJob
from till_app.services.status import PrinterStatus
from till_app.store.ledger import SqliteLedger

NOW = "2026-11-24T16:20:00.000000Z"
IMPATIENT = Patience(status_s=0.4, shortest_write_s=0.3, shortest_print_s=0.3, print_line_s=0)
MOST_S = 15.0

T = TypeVar("T")


class Heard(Generic[T]):
    """Reports from other threads, and waiting for the one that is wanted."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._reports: list[T] = []

    def __call__(self, report: T) -> None:
        with self._changed:
            self._reports.append(report)
            self._changed.notify_all()

    @property
    def all(self) -> list[T]:
        with self._changed:
            return list(self._reports)

    def wait(self, is_wanted: Callable[[T], bool]) -> T:
        """The last report, once it is the wanted one."""
        with self._changed:
            assert self._changed.wait_for(
                lambda: bool(self._reports) and is_wanted(self._reports[-1]), MOST_S
            ), self._reports
            return self._reports[-1]

    def wait_for_any(self, is_wanted: Callable[[T], bool]) -> T:
        with self._changed:
            assert self._changed.wait_for(lambda: any(map(is_wanted, self._reports)), MOST_S), self._reports
            return next(report for report in self._reports if is_wanted(report))


class HandClock:
    """A monotonic clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@dataclass
class PrintRoom:
    ledger: SqliteLedger
    printing: TillPrinting
    statuses: Heard[PrinterStatus] = field(default_factory=Heard)
    healths: Heard[DeviceHealth] = field(default_factory=Heard)
    drawer: Heard[DrawerEvent] = field(default_factory=Heard)

    def add(self, *job_ids: str, kind: JobKind = JobKind.RECEIPT, printer: str = "receipt_printer") -> None:
        """As sales do it, one transaction each, and the printers hear of all of them."""
        self.queue(*job_ids, kind=kind, printer=printer)
        self.printing.wake()

    def queue(self, *job_ids: str, kind: JobKind = JobKind.RECEIPT, printer: str = "receipt_printer") -> None:
        for job_id in job_ids:
            with self.ledger.write() as write:
                write.add_print_job(a_document_job(job_id, kind, printer))
                write.commit()

    def state(self, job_id: str) -> JobState:
        job = self.ledger.job(job_id)
        assert job is not None
        return job.state


def a_document_job(
    job_id: str,
    kind: JobKind = JobKind.RECEIPT,
    printer: str = "receipt_printer",
    document: ReceiptDocument | None = None,
    created_at: str = NOW,
) -> PrintJob:
    document = document or ReceiptDocument((TextLine(f"Receipt {job_id}"), TextLine("Tea 1.20"), Cut()))
    return PrintJob(job_id, kind, f"Receipt {job_id}", to_json(document), created_at, printer=printer)


@contextmanager
def print_room(
    folder: Path,
    main: str = "",
    fallback: str = "",
    labels: str = "",
    *,
    drawer: DrawerSettings | None = None,
    trust_silence: bool = False,
    monotonic: Callable[[], float] | None = None,
    starts: bool = True,
    patience: Patience = IMPATIENT,
) -> Iterator[PrintRoom]:
    """Addresses of its printers; no thread of the till's is left when it ends."""
    before = set(threading.enumerate())
    settings = DeviceSettings(
        printer=PrinterSettings(main, trust_silence=trust_silence),
        fallback_printer=PrinterSettings(fallback),
        label_printer=PrinterSettings(labels),
        drawer=drawer or DrawerSettings(),
    )
    statuses: Heard[PrinterStatus] = Heard()
    healths: Heard[DeviceHealth] = Heard()
    events: Heard[DrawerEvent] = Heard()
    with a_ledger(folder / "ledger.sqlite") as ledger:
        printing = TillPrinting(
            settings,
            ledger,
            on_status=statuses,
            on_health=healths,
            on_drawer=events,
            files=PrintingFiles(roll_folder=folder, patience=patience),
            monotonic=monotonic or time.monotonic,
        )
        room = PrintRoom(ledger, printing, statuses, healths, events)
        if starts:
            printing.start()
        try:
            yield room
        finally:
            printing.stop()
        left = {thread.name for thread in set(threading.enumerate()) - before}
        assert not left & {"receipt_printer", "fallback_printer", "label_printer", "drawer"}
