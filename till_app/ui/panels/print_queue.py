"""Everything that is not printed yet or may not be: each with its state, since when, and what can be done."""

from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from till_app.domain.times import from_text
from till_app.services.ports import JobState, PrintJob, PrintJobs
from till_app.ui.formatting import Formatter
from till_app.ui.print_words import job_state_words
from till_app.ui.printer_notice import PrinterNotice
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.overlay_panel import OverlayPanel

MOST_SHOWN = 500
READ_AGAIN_MS = 200
_ROWS_SEEN = 6


class PrintQueuePanel(OverlayPanel):
    """Up and down choose a row; the buttons are about that one. It follows the queue as it prints."""

    show_wanted = Signal(bytes)

    def __init__(
        self, notice: PrinterNotice, jobs: PrintJobs, formatter: Formatter, parent: QWidget | None = None
    ) -> None:
        self.list = ChoiceList()
        super().__init__(self.tr("Waiting to be printed"), self.list, width=720, parent=parent)
        self._notice = notice
        self._control = notice.control
        self._jobs = jobs
        self._formatter = formatter
        self._by_id: dict[str, PrintJob] = {}
        self.list.setAccessibleName(self.tr("Documents"))
        self.list.setFixedHeight(_ROWS_SEEN * current_theme().tokens.height.touch)
        self.list.current_changed.connect(lambda _row: self._show_buttons())
        self.list.choice_made.connect(lambda _key: self._show_buttons())
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        self.skip = self._button(self.tr("Skip it"), "F8", self._skip)
        self.show_it = self._button(self.tr("Show it"), "F5", self._show)
        self.elsewhere = self._button(self.tr("Other printer"), "F6", self._print_elsewhere)
        self.print_it = self._button(self.tr("Print it"), "F3", self._print)
        self.printed = self._button(self.tr("It printed"), "F4", self._printed, Variant.PRIMARY)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(READ_AGAIN_MS)
        self._soon.timeout.connect(lambda: self.read() if self.isVisible() else None)
        notice.queue_changed.connect(self._read_soon)
        self.read()
        self.list.set_current(0)
        self._show_buttons()

    def _read_soon(self) -> None:
        """A queue that prints changes many times a second."""
        if not self._soon.isActive():
            self._soon.start()

    def read(self) -> None:
        """Again, with the highlight on the same document where it still is."""
        current = self.list.current_row
        jobs = self._jobs.open_jobs(MOST_SHOWN)
        self._by_id = {job.job_id: job for job in jobs}
        ids = [job.job_id for job in jobs]
        row = ids.index(current.key) if current is not None and current.key in ids else self.list.current
        self.list.show_rows([self._row(job) for job in jobs], min(max(row, 0), len(jobs) - 1))
        self.list.set_empty_text(self.tr("All is printed."))
        self._show_buttons()

    def _row(self, job: PrintJob) -> ChoiceRow:
        since = self._formatter.date_and_time(from_text(job.created_at))
        return ChoiceRow(
            job.job_id, job.title, self.tr("since {since}").format(since=since), job_state_words(job)
        )

    def _button(
        self,
        caption: str,
        key: str,
        act: Callable[[PrintJob], None],
        variant: Variant = Variant.SECONDARY,
    ) -> ActionButton:
        button = self.add_button(ActionButton(caption, key, variant))
        button.clicked.connect(lambda: self._act(act))
        return button

    def _act(self, act: Callable[[PrintJob], None]) -> None:
        row = self.list.current_row
        job = self._by_id.get(row.key) if row is not None else None
        if job is not None:
            self._notice.decide(lambda: act(job))
            self.read()

    def _show_buttons(self) -> None:
        row = self.list.current_row
        job = self._by_id.get(row.key) if row is not None else None
        waits = job is not None and job.state in (JobState.WAITING, JobState.QUEUED)
        is_asked = job is not None and job.state is JobState.UNCONFIRMED
        self.skip.setEnabled(waits or is_asked)
        self.show_it.setEnabled(job is not None)
        self.elsewhere.setVisible(self._notice.status.has_other_printer)
        self.elsewhere.setEnabled(waits)
        self.print_it.set_caption(self.tr("Print again") if is_asked else self.tr("Print it"))
        self.print_it.setEnabled(is_asked or (job is not None and job.is_held))
        self.printed.setEnabled(is_asked)

    def _skip(self, job: PrintJob) -> None:
        self._control.skip(job.job_id)

    def _print_elsewhere(self, job: PrintJob) -> None:
        self._control.print_elsewhere(job.job_id)

    def _print(self, job: PrintJob) -> None:
        if job.is_held:
            self._control.print_held([job.job_id])
        else:
            self._control.resolve(job.job_id, printed=False)

    def _printed(self, job: PrintJob) -> None:
        self._control.resolve(job.job_id, printed=True)

    def _show(self, job: PrintJob) -> None:
        self.close_panel()
        self.show_wanted.emit(job.document)
