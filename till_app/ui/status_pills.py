"""What the top bar says of the hub and the printer, and the message while lost records are read back."""

from PySide6.QtCore import QObject

from till_app.services.status import PrinterStatus, SyncStatus
from till_app.services.till import TillServices
from till_app.ui.formatting import Formatter
from till_app.ui.messages import Messages
from till_app.ui.shell import Shell, Tone
from till_app.ui.status_words import READING_BACK, hub_advice, hub_state, not_paired_state, printer_state
from till_app.ui.terminal_words import terminal_pill
from till_app.ui.widgets.top_bar import StatusState, TopBar


class StatusPills(QObject):
    """Keeps what was reported last."""

    def __init__(self, shell: Shell, top_bar: TopBar, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._services: TillServices = shell.services
        self._formatter: Formatter = shell.formatter
        self._top_bar = top_bar
        self._messages = messages
        self.sync = SyncStatus()
        self.printer = PrinterStatus()
        self._others: dict[str, StatusState] = {}

    def sync_reported(self, status: SyncStatus) -> None:
        was_reading_back = self.sync.error_code == READING_BACK
        self.sync = status
        self.show()
        if (status.error_code == READING_BACK) is not was_reading_back:
            self._tell_reading_back(is_over=was_reading_back)

    def printer_reported(self, status: PrinterStatus) -> None:
        self.printer = status
        self.show()

    def show(self) -> None:
        is_paired = self._shell.control.facts().is_paired
        skew_limit_s = self._services.settings.current.clock_skew_warning_s
        hub = hub_state(self.sync, self._formatter, skew_limit_s) if is_paired else not_paired_state()
        terminal = terminal_pill(self._services.card_payments, self._formatter)
        own = [hub, printer_state(self.printer), *([terminal] if terminal else [])]
        self._top_bar.show_states([*own, *self._others.values()])

    def show_other(self, state: StatusState) -> None:
        """After those of the till itself; the newest of a key stands."""
        self._others[state.key] = state
        self.show()

    def hub_words(self) -> str:
        """The state, and what it means."""
        skew_limit_s = self._services.settings.current.clock_skew_warning_s
        state = hub_state(self.sync, self._formatter, skew_limit_s)
        return f"{state.words}\n{hub_advice(self.sync, self._formatter, skew_limit_s)}"

    def _tell_reading_back(self, *, is_over: bool) -> None:
        words = self.tr(
            "Please wait with selling\nThis till takes back records from the hub that it had lost."
        )
        if not is_over:
            self._shell.say(Tone.WARNING, words)
        elif self._messages.message is not None and words.startswith(self._messages.message.title):
            self._messages.close_message()
