"""All of a till's printers and its drawer as one object: built from settings, rebuilt when they change.

It decides in whose queue a job stands; printing it is the workers' business.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from till_app.devices.drawer_rule import opening_cause
from till_app.devices.ending import end_all
from till_app.devices.health_record import utc_now
from till_app.devices.print_crew import FALLBACK, LABELS, RECEIPTS, CrewNews, build_crew
from till_app.devices.print_status import PrintStatus
from till_app.devices.printers import PrintingFiles
from till_app.services.device_settings import DeviceId, DeviceSettings
from till_app.services.device_status import DeviceHealth, DrawerEvent, DrawerOpening
from till_app.services.ports import (
    TOLD_BY_OPERATOR,
    JobKind,
    JobState,
    LedgerUnavailable,
    PrintJob,
    PrintJobs,
)
from till_app.services.status import PrinterStatus

log = logging.getLogger(__name__)

CAME_BACK = "came_back"
NO_PRINTER = "no_printer"
SKIPPED = "skipped_by_operator"
_QUEUES = (RECEIPTS, FALLBACK, LABELS)


class TillPrinting:
    """Implements Printing, CashDrawer, the screens' PrinterControl, and the display's RawWriter.

    Callbacks come from the workers' threads. Its own calls are for one thread, and wait for no device except
    in `stop` and `use`.
    """

    def __init__(
        self,
        settings: DeviceSettings,
        jobs: PrintJobs,
        *,
        on_status: Callable[[PrinterStatus], None],
        on_health: Callable[[DeviceHealth], None],
        on_drawer: Callable[[DrawerEvent], None],
        files: PrintingFiles | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._settings = settings
        self._jobs = jobs
        self._on_health = on_health
        self._on_drawer = on_drawer
        self._files = files or PrintingFiles()
        self._monotonic = monotonic
        self._now = now
        self._status = PrintStatus(jobs, on_status)
        self._moved_lock = threading.Lock()
        self._moved: set[str] = set()
        """Jobs that went to the other printer by themselves, which happens once."""
        self._is_started = False
        self._raw: bytes | None = None
        """What the device behind the receipt printer got last; it gets it again when that is begun anew."""
        self._build()

    # ------------------------------------------------------------- its workers

    def start(self) -> None:
        self._is_started = True
        if given_up := self._settle_unserved():
            self._status.given_up(given_up)
        for worker in self._crew.workers:
            worker.start()
        if self._raw is not None:
            self.send_raw(self._raw)

    def stop(self) -> None:
        """Returns when no thread is left; jobs stay queued, kicks are dropped."""
        self._is_started = False
        end_all(worker.stop for worker in self._crew.workers)

    def use(self, settings: DeviceSettings) -> None:
        """End what runs and begin anew, if it was running."""
        was_started = self._is_started
        self.stop()
        self._settings = settings
        self._build()
        if was_started:
            self.start()

    def look(self) -> None:
        """Somebody may have put right what keeps a printer from printing. Any thread."""
        for worker in self._crew.printers.values():
            worker.look()

    def health(self) -> Sequence[DeviceHealth]:
        """Of the three printers and the drawer, set up or not; any thread."""
        known = self._crew.health()
        return [known.get(device, DeviceHealth(device)) for device in (*_QUEUES, DeviceId.DRAWER)]

    def _build(self) -> None:
        self._crew = build_crew(
            self._settings,
            self._jobs,
            self,
            self._files,
            CrewNews(self._on_health, self._on_drawer),
            monotonic=self._monotonic,
            now=self._now,
        )
        self._status.begin(self._crew.printers)

    # ----------------------------------------------------------------- Printing

    def wake(self) -> None:
        self._settle_unserved()
        for worker in self._crew.printers.values():
            worker.wake()

    def serves(self, printer: str) -> bool:
        return any(printer in worker.queues for worker in self._crew.printers.values())

    def _settle_unserved(self) -> int:
        """Documents of a till without a printer are shown on the screen; their jobs end as they come.

        A full disk leaves them to the next time: the sale that brought them is committed already. Returns
        how many ended.
        """
        ended = 0
        served = {queue for worker in self._crew.printers.values() for queue in worker.queues}
        if served.issuperset(_QUEUES):
            return ended
        try:
            for job in self._jobs.open_jobs():
                if job.printer not in served and job.state is not JobState.SENDING:
                    self._jobs.mark(job.job_id, JobState.CANCELLED, NO_PRINTER, by_printer=job.printer)
                    ended += 1
        except LedgerUnavailable as error:
            log.info("receipts without a printer are not settled yet: %s", error)
        return ended

    def _taken(self, queue: str) -> Iterator[PrintJob]:
        """Its next job again and again, for whoever takes each out of the queue."""
        before = None
        while (job := self._jobs.next_job(queue)) is not None and job.job_id != before:
            before = job.job_id
            yield job

    # --------------------------------------------------------------- CashDrawer

    @property
    def is_set_up(self) -> bool:
        return self._crew.desk is not None

    def open(self, opening: DrawerOpening, asked_at: float | None = None) -> None:
        """`asked_at`: by the monotonic clock, for one that could not be handed on at once."""
        crew = self._crew
        if crew.desk is not None and crew.opener is not None:
            crew.desk.ask(opening, asked_at)
            crew.opener.wake()

    def opens_for(self, tender_kinds: Sequence[str], change_due_minor: int) -> str:
        if not self.is_set_up:
            return ""
        return opening_cause(self._settings.drawer, tender_kinds, change_due_minor)

    def send_raw(self, data: bytes) -> None:
        self._raw = data
        if RECEIPTS in self._crew.printers:
            self._crew.printers[RECEIPTS].send_raw(data)

    # ------------------------------------------------------- a person's decisions

    def resolve(self, job_id: str, *, printed: bool) -> None:
        """A person looked: an unconfirmed document printed, or is to be sent again."""
        self._decide(job_id, JobState.PRINTED if printed else JobState.QUEUED, TOLD_BY_OPERATOR)

    def skip(self, job_id: str) -> None:
        """A person gave the paper up; the document stays in the ledger and can be reprinted."""
        self._decide(job_id, JobState.CANCELLED, SKIPPED)

    def _decide(self, job_id: str, state: JobState, reason: str) -> None:
        try:
            self._jobs.mark(job_id, state, reason)
        except ValueError as error:
            log.info("a decision came too late: %s", error)
        self._person_acted()

    def _person_acted(self) -> None:
        self._settle_unserved()
        for worker in self._crew.printers.values():
            worker.resume()

    def print_elsewhere(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        if job is None:
            return
        target = FALLBACK if job.printer == RECEIPTS else RECEIPTS
        if target in self._crew.printers:
            if job.is_held:
                self._jobs.release_held([job_id])
            self._jobs.hand_over(job_id, target, TOLD_BY_OPERATOR)
        self._person_acted()

    def print_held(self, job_ids: Sequence[str] | None = None) -> None:
        self._jobs.release_held(job_ids)
        self._person_acted()

    def skip_held(self) -> None:
        self._jobs.skip_held(SKIPPED)
        self._person_acted()

    # ----------------------------------------------------- what the workers ask

    def cannot_print(self, device: str, job: PrintJob, reason: str) -> bool:
        fallback = self._crew.printers.get(FALLBACK)
        if device != RECEIPTS or job.kind is JobKind.LABEL or fallback is None or not fallback.is_ready:
            return False
        with self._moved_lock:
            if job.job_id in self._moved:
                return False
            self._moved.add(job.job_id)
        if not self._jobs.hand_over(job.job_id, FALLBACK, reason):
            return False
        fallback.wake()
        return True

    def idle(self, device: str) -> None:
        """The receipt printer can print: what waits at the other one, which cannot, comes back."""
        fallback = self._crew.printers.get(FALLBACK)
        if device != RECEIPTS or fallback is None or not fallback.state.trouble:
            return
        has_come_back = False
        for job in self._taken(FALLBACK):
            has_come_back |= self._jobs.hand_over(job.job_id, RECEIPTS, CAME_BACK)
        if has_come_back:
            self._crew.printers[RECEIPTS].wake()

    def printed(self, device: str, job: PrintJob) -> None:
        if device == FALLBACK and RECEIPTS in self._crew.printers:
            self._status.printed_elsewhere(job.title)

    def unreadable(self, job: PrintJob) -> None:
        self._status.unreadable(job.title)

    def changed(self) -> None:
        self._status.tell()
