"""One printer's thread: drawer kicks first, then the durable print queue, and how the printer is meanwhile.

Which jobs go over to another printer, and what is told of all of them, is the router's.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from hardware.errors import DeviceError, NotReadyReason
from hardware.printers.receipt_printer import (
    NO_REPLY,
    NO_WAY_BACK,
    TOO_LATE,
    NotSent,
    OpenDrawer,
    Printed,
    PrintOutcome,
    Unconfirmed,
)
from till_app.devices.drawer_desk import DrawerDesk
from till_app.devices.drawer_kicks import OpenDrawer as OpenIfWanted
from till_app.devices.health_record import HealthRecord
from till_app.devices.print_pause import PrintPause
from till_app.devices.print_run import JobGone, JobUnreadable, PrintRun
from till_app.devices.printer_ports import DocumentPrinter, JobRouter, WorkerState
from till_app.devices.roll import Roll
from till_app.services.device_status import DeviceHealth
from till_app.services.ports import LedgerUnavailable, PrintJob, PrintJobs

log = logging.getLogger(__name__)

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 15.0
STATUS_S = 30.0
"""Between two questions to a printer that has nothing to do."""
KICK_WAITS_FOR_JOB_S = 1.0
"""Longer than that a kick does not wait for the end of a job: it overtakes it in real time."""
LOOK_WAITS_FOR_JOBS_S = 3.0
"""Longer than that many jobs in a row do not hide whether the drawer is open."""
_NEVER = float("inf")


class PrinterWorker:
    """Prints what stands in its queues, oldest first, once."""

    def __init__(
        self,
        device: str,
        printers: Mapping[str, DocumentPrinter],
        jobs: PrintJobs,
        router: JobRouter,
        health: HealthRecord,
        *,
        desk: DrawerDesk | None = None,
        open_drawer: OpenIfWanted | None = None,
        roll: Roll | None = None,
        trusts_silence: bool = False,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`printers`: the one behind the transport by each queue it serves, as that queue has it set up.
        `trusts_silence`: it cannot answer, and being reached is all that can be asked of it."""
        self.device = device
        self.queues = frozenset(printers)
        self.state = WorkerState()
        self._printer = next(iter(printers.values()))
        self._jobs = jobs
        self._run_of_jobs = PrintRun(printers, jobs)
        self._router = router
        self._health = health
        self._desk = desk
        self._open_drawer = open_drawer
        self._roll = roll or Roll()
        self._trusts_silence = trusts_silence
        self._monotonic = monotonic
        self._wakeup = threading.Condition()
        self._jobs_at = 0.0
        self._status_at = 0.0
        self._retry_s = FIRST_RETRY_S
        self._trouble_until = 0.0
        self._pause = PrintPause()
        self._is_asked_again = False
        self._raw: bytes | None = None
        self._raw_at = 0.0
        self._is_stopping = False
        self._thread = threading.Thread(target=self._run, name=device, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Returns when the thread has ended; a print under way is finished within its own deadlines."""
        with self._wakeup:
            self._is_stopping = True
            self._wakeup.notify()
        if self._thread.ident is not None:
            self._thread.join()
        if self._desk is not None:
            self._desk.give_up()

    def health(self) -> DeviceHealth:
        return self._health.health

    @property
    def is_ready(self) -> bool:
        """As far as is known."""
        return self.state.was_heard and not self.state.trouble

    def wake(self) -> None:
        """There is a job, or a kick, or the printer can print again."""
        with self._wakeup:
            self._pause.end_rest()
            self._jobs_at = 0.0
            self._retry_s = FIRST_RETRY_S
            self._wakeup.notify()

    def resume(self) -> None:
        """A person decided something: a printer that broke off one job after the other gets one more."""
        with self._wakeup:
            self._pause.end()
            self.wake()

    def look(self) -> None:
        """At a printer in trouble, now."""
        with self._wakeup:
            self._pause.may_be_mended()
            if self.state.trouble:
                self._status_at = 0.0
                self._wakeup.notify()

    def send_raw(self, data: bytes) -> None:
        """For what is connected behind the printer, between two jobs; newer bytes take the place of those
        that have not gone yet. Returns at once; they wait for a printer that cannot be reached."""
        with self._wakeup:
            self._raw = data
            self._wakeup.notify()

    # --------------------------------------------------------------- the thread

    def _run(self) -> None:
        while self._wait():
            try:
                self._work()
            except LedgerUnavailable as error:
                log.warning("%s: the ledger cannot be written, it is tried again: %s", self.device, error)
                self._later()
            except Exception:
                log.exception("%s: its worker failed and goes on", self.device)
                self._later()

    def _wait(self) -> bool:
        """Until something is due; False when the worker is stopped."""
        with self._wakeup:
            while not self._is_stopping:
                due_at = min(self._jobs_due_at(), self._status_at, self._raw_due_at(), *self._desk_times())
                due_in_s = due_at - self._monotonic()
                if due_in_s <= 0:
                    return True
                self._wakeup.wait(due_in_s)
            return False

    def _jobs_due_at(self) -> float:
        """A kick that is tried again goes first, unless it is the printer that keeps it."""
        kick_at, _look_at = self._desk_times()
        is_after_kick = kick_at < _NEVER and not self.state.trouble
        return max(self._jobs_at, kick_at) if is_after_kick else self._jobs_at

    def _raw_due_at(self) -> float:
        return _NEVER if self._raw is None or self.state.trouble else self._raw_at

    def _desk_times(self) -> tuple[float, float]:
        return (self._desk.kick_at, self._desk.look_at) if self._desk is not None else (_NEVER, _NEVER)

    def _work(self) -> None:
        now = self._monotonic()
        kick_at, look_at = self._desk_times()
        if kick_at <= now and self._desk is not None and self._open_drawer is not None:
            self._desk.kick(self._open_drawer)
        elif self._raw_due_at() <= now:
            self._send_raw()
        elif self._jobs_due_at() <= now and look_at > now - LOOK_WAITS_FOR_JOBS_S:
            self._print_next()
        elif min(look_at, self._status_at) <= now:
            self._ask()

    def _print_at(self, at: float) -> None:
        with self._wakeup:
            self._jobs_at = min(self._jobs_at, at)

    def _later(self) -> None:
        with self._wakeup:
            now = self._monotonic()
            self._jobs_at = now + self._retry_s
            self._status_at = max(self._status_at, now + self._retry_s)
            self._retry_s = min(LONGEST_RETRY_S, self._retry_s * 2)

    # ----------------------------------------------------------------- printing

    def _print_next(self) -> None:
        with self._wakeup:
            self._jobs_at = _NEVER
        job = self._run_of_jobs.next_job()
        if job is None:
            if not self.state.trouble:
                self._router.idle(self.device)
            self._tell(is_busy=False)
            return
        now = self._monotonic()
        is_paused = self._pause.holds(now)
        is_in_trouble = bool(self.state.trouble) and (is_paused or now < self._trouble_until)
        if is_in_trouble and self._went_elsewhere(job, self.state.trouble):
            return
        if is_paused:
            self._hold(job)
            return
        self._tell(is_busy=True)
        try:
            outcome = self._run_of_jobs.print(job, self._glance)
        except JobGone as gone:
            log.info("%s", gone)
        except JobUnreadable:
            self._router.unreadable(job)
        else:
            self._learn(job, outcome)
            return
        self._print_at(self._monotonic())

    def _learn(self, job: PrintJob, outcome: PrintOutcome) -> None:
        match outcome:
            case Printed(paper_near_end=is_near_end):
                with self._wakeup:
                    self._pause.printed()
                self._roll.printed()
                self._roll.seen(is_out=False, is_near_end=is_near_end)
                self._well()
                self._router.printed(self.device, job)
            case Unconfirmed(reason=reason):
                if reason == NO_WAY_BACK:
                    self._well()
                else:
                    self._broke_off(reason)
            case NotSent(reason=reason):
                self._unwell(reason)
                if not self._went_elsewhere(job, reason):
                    self._print_at(self._trouble_until)
                self._tell(is_busy=False)
                return
        self._print_at(self._monotonic())
        self._router.changed()

    def _broke_off(self, reason: str) -> None:
        is_always_silent = reason == NO_REPLY and not self.state.was_heard
        if not is_always_silent:
            is_unwell = replace(self.state, trouble=reason).is_answering
            with self._wakeup:
                now = self._monotonic()
                self._pause.broke_off(now, now + self._retry_s, is_unwell=is_unwell)
        self._in_trouble(reason)
        self._status_at = 0.0

    def _hold(self, job: PrintJob) -> None:
        if self.state.trouble:
            self._run_of_jobs.hold(job, self.state.trouble)
        self._print_at(self._pause.until)
        self._tell(is_busy=False)

    def _went_elsewhere(self, job: PrintJob, reason: str) -> bool:
        if not self._router.cannot_print(self.device, job, reason):
            return False
        self._print_at(self._monotonic())
        return True

    def _glance(self, open_now: OpenDrawer) -> None:
        """A look up from waiting for the paper: somebody may stand there with change in hand."""
        desk = self._desk
        if desk is None or desk.kick_at > self._monotonic() or desk.kick_waits_s < KICK_WAITS_FOR_JOB_S:
            return
        desk.kick(lambda is_wanted: open_now() if is_wanted() else NotSent(TOO_LATE))

    def _send_raw(self) -> None:
        with self._wakeup:
            data, self._raw = self._raw, None
        if data is None:
            return
        try:
            self._printer.send_raw(data)
        except DeviceError as error:
            log.info("%s: what is behind it got nothing yet: %s", self.device, error)
            with self._wakeup:
                self._raw = data if self._raw is None else self._raw
                self._raw_at = self._monotonic() + self._retry_s

    # ------------------------------------------------------------ how it is

    def _ask(self) -> None:
        self._status_at = self._monotonic() + STATUS_S
        try:
            said = self._printer.status()
        except DeviceError as error:
            self._looked(None)
            if self.is_ready and not self._is_asked_again:
                # Another till may have been printing on it at that moment.
                self._is_asked_again = True
                self._status_at = self._monotonic() + FIRST_RETRY_S
            else:
                self._unwell(error.code)
            return
        if said is None:
            if self._trusts_silence:
                self._said_well()
            elif self.state.was_heard:
                self._unwell(NO_REPLY)
            self._looked(None)
            return
        self._roll.seen(is_out=said.not_ready is NotReadyReason.PAPER_OUT, is_near_end=said.paper_near_end)
        if said.not_ready is not None:
            self._unwell(said.not_ready.value)
        else:
            self._said_well()
        self._looked(said.drawer_pin_high)

    def _said_well(self) -> None:
        now = self._monotonic()
        with self._wakeup:
            is_believed = self._pause.said_well(now)
            is_paused = self._pause.holds(now)
        if not is_believed:
            self._status_at = now + FIRST_RETRY_S
            self._send_raw()  # what is behind it need not wait for paper
            return
        had_trouble = bool(self.state.trouble)
        self._well()
        if had_trouble and not is_paused:
            self.wake()

    def _looked(self, pin_high: bool | None) -> None:
        if self._desk is not None:
            self._desk.looked(pin_high)

    def _well(self) -> None:
        self._is_asked_again = False
        with self._wakeup:
            self._retry_s = FIRST_RETRY_S
        self._trouble_until = 0.0
        self._tell(trouble="", was_heard=True)

    def _unwell(self, reason: str) -> None:
        with self._wakeup:
            self._pause.may_be_mended()
        self._in_trouble(reason)

    def _in_trouble(self, reason: str) -> None:
        with self._wakeup:
            self._trouble_until = self._monotonic() + self._retry_s
            self._status_at = self._trouble_until
            self._retry_s = min(LONGEST_RETRY_S, self._retry_s * 2)
        self._tell(trouble=reason)

    def _tell(
        self, *, is_busy: bool | None = None, trouble: str | None = None, was_heard: bool = False
    ) -> None:
        before = self.state
        self.state = replace(
            before,
            is_busy=before.is_busy if is_busy is None else is_busy,
            trouble=before.trouble if trouble is None else trouble,
            was_heard=was_heard or before.was_heard,
            is_paper_near_end=self._roll.is_near_end,
        )
        summary = self._jobs.summary(self.queues)
        self._health.note(
            self.state.device_state,
            is_heard=was_heard or self.state.is_answering,
            error=trouble or "",
            queue=summary.waiting + summary.held + summary.unconfirmed,
            facts=self.state.facts(self._roll.receipts),
        )
        if self.state != before or trouble is None:
            self._router.changed()
