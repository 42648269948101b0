"""What to do about a document that waits or may not have printed; it never holds up a sale."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from till_app.services.ports import HELD_SINCE_RESTART, JobState, LedgerUnavailable, PrintJobs
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.messages import Messages
from till_app.ui.print_words import (
    given_up_words,
    held_words,
    near_end_words,
    printed_elsewhere_words,
    printer_waiting_words,
    unconfirmed_words,
    unreadable_words,
)
from till_app.ui.shell import NextStep, Tone
from till_app.ui.words import words_of_disk

_NOTHING = object()
_WAITS = (JobState.WAITING, JobState.QUEUED)
_LOOKED_THROUGH = 50
"""Jobs, for the oldest one that waits; behind more than that only the list helps."""


class PrinterControl(Protocol):
    """A person's decisions about the print queue. No call waits for a printer."""

    def resolve(self, job_id: str, *, printed: bool) -> None:
        """A person looked whether an unconfirmed document printed; if not, it prints again."""
        ...

    def skip(self, job_id: str) -> None:
        """Give the paper up; the document stays and can be reprinted."""
        ...

    def print_elsewhere(self, job_id: str) -> None:
        """Send a waiting document to the other printer."""
        ...

    def print_held(self, job_ids: Sequence[str] | None = None) -> None:
        """Print these, or all, of those that were there before the restart."""
        ...

    def skip_held(self) -> None:
        """Give the paper of all those up."""
        ...


class PrinterNotice(QObject):
    """Its banner stays while the printer needs somebody, and leaves by itself when all is printed."""

    show_wanted = Signal(bytes)
    """The document of a job, to be shown on the screen."""
    queue_wanted = Signal()
    """All that waits, as a list."""
    said = Signal(object, str)
    """Tone and words of what was done without anybody's help, once."""
    queue_changed = Signal()

    def __init__(self, control: PrinterControl, jobs: PrintJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self._jobs = jobs
        self._status = PrinterStatus()
        self._is_silent = False
        self._shown: object = _NOTHING
        """What the banner was last made from: a queue that prints along does not make it anew each time."""
        self.banner = Messages()

    @property
    def control(self) -> PrinterControl:
        return self._control

    @property
    def status(self) -> PrinterStatus:
        return self._status

    def show_status(self, status: PrinterStatus) -> None:
        before, self._status = self._status, status
        self._tell_news(before, status)
        if self._gist != self._shown:
            self.show_details()
        self.queue_changed.emit()

    def set_silent(self, is_silent: bool) -> None:
        """While nobody is signed on, nobody may decide about a receipt."""
        if is_silent != self._is_silent:
            self._is_silent = is_silent
            self.show_details()

    def show_details(self) -> None:
        """Also again, after the operator has closed it."""
        status = self._status
        self._shown = self._gist
        if self._is_silent or not self.needs_somebody:
            self.banner.close_message()
        elif status.state is PrinterState.UNCONFIRMED:
            self._ask_whether_printed(status)
        elif status.reason == HELD_SINCE_RESTART:
            self.banner.say(Tone.WARNING, held_words(status), self._held_steps(status))
        else:
            self.banner.say(Tone.WARNING, printer_waiting_words(status), self._waiting_steps(status))

    @property
    def needs_somebody(self) -> bool:
        status = self._status
        return status.state is PrinterState.UNCONFIRMED or (
            status.state is PrinterState.WAITING and bool(status.waiting_jobs or status.held_jobs)
        )

    @property
    def _gist(self) -> object:
        status = self._status
        if not self.needs_somebody:
            return None
        is_asking = status.state is PrinterState.UNCONFIRMED
        count = 0 if is_asking else status.waiting_jobs + status.held_jobs
        asked = status.unconfirmed_job if is_asking else status.reason
        return status.state, asked, count, self.open_jobs > 1, status.has_other_printer

    @property
    def open_jobs(self) -> int:
        return self._status.waiting_jobs + self._status.held_jobs + self._status.unconfirmed_jobs

    def decide(self, action: Callable[[], None]) -> None:
        """Any decision; a disk that cannot keep it is said."""
        self._shown = _NOTHING
        try:
            action()
        except LedgerUnavailable as error:
            self.banner.say(Tone.BAD, words_of_disk(error.code))

    def _tell_news(self, before: PrinterStatus, now: PrinterStatus) -> None:
        if now.printed_elsewhere and now.printed_elsewhere != before.printed_elsewhere:
            self.said.emit(Tone.INFO, printed_elsewhere_words(now.printed_elsewhere))
        if now.unreadable and now.unreadable != before.unreadable:
            self.said.emit(Tone.WARNING, unreadable_words(now.unreadable))
        if now.given_up > before.given_up:
            self.said.emit(Tone.WARNING, given_up_words(now.given_up - before.given_up))
        if now.is_paper_near_end and not before.is_paper_near_end:
            self.said.emit(Tone.INFO, near_end_words())

    def _ask_whether_printed(self, status: PrinterStatus) -> None:
        job_id = status.unconfirmed_job
        if job_id is None:
            return
        resolve = self._control.resolve
        steps = [
            NextStep(self.tr("It printed"), lambda: self.decide(lambda: resolve(job_id, printed=True))),
            NextStep(self.tr("Print again"), lambda: self.decide(lambda: resolve(job_id, printed=False))),
            NextStep(self.tr("Show it"), lambda: self._show(job_id)),
        ]
        self.banner.say(Tone.WARNING, unconfirmed_words(status), steps + self._all_of_them())

    def _waiting_steps(self, status: PrinterStatus) -> list[NextStep]:
        first_jobs = self._jobs.open_jobs(_LOOKED_THROUGH)
        waiting = next((job for job in first_jobs if job.state in _WAITS and not job.is_held), None)
        if waiting is None:
            return self._all_of_them()
        job_id = waiting.job_id
        steps = [
            NextStep(self.tr("Show it"), lambda: self._show(job_id)),
            NextStep(self.tr("Skip it"), lambda: self.decide(lambda: self._control.skip(job_id))),
        ]
        if status.has_other_printer:
            elsewhere = NextStep(
                self.tr("Other printer"), lambda: self.decide(lambda: self._control.print_elsewhere(job_id))
            )
            steps.insert(0, elsewhere)
        return steps + self._all_of_them()

    def _held_steps(self, status: PrinterStatus) -> list[NextStep]:
        is_one = status.held_jobs == 1
        return [
            NextStep(
                self.tr("Print it") if is_one else self.tr("Print them"),
                lambda: self.decide(self._control.print_held),
            ),
            NextStep(self.tr("Skip it"), lambda: self.decide(self._control.skip_held)),
            NextStep(self.tr("Show the list"), self.queue_wanted.emit),
        ]

    def _all_of_them(self) -> list[NextStep]:
        return [NextStep(self.tr("Show the list"), self.queue_wanted.emit)] if self.open_jobs > 1 else []

    def _show(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        self.show_details()
        if job is not None:
            self.show_wanted.emit(job.document)
