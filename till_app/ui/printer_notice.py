"""What to do about a receipt that waits or may not have printed; it never holds up a sale."""

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from till_app.services.ports import LedgerUnavailable, PrintJobs
from till_app.services.status import PrinterState, PrinterStatus
from till_app.ui.messages import Messages
from till_app.ui.shell import NextStep, Tone
from till_app.ui.status_words import printer_waiting_words
from till_app.ui.words import words_of_disk


class PrinterControl(Protocol):
    """A person's decisions about the print queue. Neither call waits for the printer."""

    def resolve(self, job_id: str, *, printed: bool) -> None:
        """A person looked whether an unconfirmed receipt printed; if not, it prints again."""
        ...

    def skip(self, job_id: str) -> None:
        """Give the paper up; the document stays and can be reprinted."""
        ...


class PrinterNotice(QObject):
    """Its banner stays while the printer needs somebody, and leaves by itself when all is printed."""

    show_wanted = Signal(bytes)
    """The document of a job, to be shown on the screen."""

    def __init__(self, control: PrinterControl, jobs: PrintJobs, parent: QObject) -> None:
        super().__init__(parent)
        self._control = control
        self._jobs = jobs
        self._status = PrinterStatus()
        self._is_silent = False
        self.banner = Messages()

    def show_status(self, status: PrinterStatus) -> None:
        needs_somebody = (PrinterState.WAITING, PrinterState.UNCONFIRMED)
        if status.state in needs_somebody:
            self._status = status
            self.show_details()
        elif status.state is not PrinterState.BUSY:
            self._status = status
            self.banner.close_message()

    def set_silent(self, is_silent: bool) -> None:
        """While nobody is signed on, nobody may decide about a receipt."""
        if is_silent != self._is_silent:
            self._is_silent = is_silent
            self.show_details()

    def show_details(self) -> None:
        """Also again, after the operator has closed it."""
        match self._status.state:
            case _ if self._is_silent:
                self.banner.close_message()
            case PrinterState.WAITING:
                self.banner.say(Tone.WARNING, printer_waiting_words(self._status), self._waiting_steps())
            case PrinterState.UNCONFIRMED:
                self._ask_whether_printed(self._status)
            case _:
                self.banner.close_message()

    @property
    def needs_somebody(self) -> bool:
        return self._status.state in (PrinterState.WAITING, PrinterState.UNCONFIRMED)

    def _ask_whether_printed(self, status: PrinterStatus) -> None:
        job_id = status.unconfirmed_job
        if job_id is None:
            return
        words = self.tr(
            "Did “{title}” print?\nThe printer went silent in the middle of it. The sale is saved."
        )
        steps = [
            NextStep(self.tr("It printed"), lambda: self._decide(job_id, printed=True)),
            NextStep(self.tr("Print again"), lambda: self._decide(job_id, printed=False)),
            NextStep(self.tr("Show it"), lambda: self._show(job_id)),
        ]
        self.banner.say(Tone.WARNING, words.format(title=status.unconfirmed_title), steps)

    def _waiting_steps(self) -> list[NextStep]:
        waiting = next(iter(self._jobs.open_jobs()), None)
        if waiting is None:
            return []
        return [
            NextStep(self.tr("Show it"), lambda: self._show(waiting.job_id)),
            NextStep(self.tr("Do without paper"), lambda: self._skip(waiting.job_id)),
        ]

    def _decide(self, job_id: str, *, printed: bool) -> None:
        self._try(lambda: self._control.resolve(job_id, printed=printed))

    def _skip(self, job_id: str) -> None:
        self._try(lambda: self._control.skip(job_id))

    def _show(self, job_id: str) -> None:
        job = self._jobs.job(job_id)
        self.show_details()
        if job is not None:
            self.show_wanted.emit(job.document)

    def _try(self, action: Callable[[], None]) -> None:
        try:
            action()
        except LedgerUnavailable as error:
            self.banner.say(Tone.BAD, words_of_disk(error.code))
