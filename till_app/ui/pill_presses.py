"""What happens when somebody presses a pill of the top bar; what the pills say is StatusPills'."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from till_app.ui.card_desk import CardDesk
from till_app.ui.print_words import printer_details
from till_app.ui.printer_notice import PrinterNotice
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.status_pills import StatusPills
from till_app.ui.status_words import HUB_PILL
from till_app.ui.terminal_words import TERMINAL_PILL
from till_app.ui.widgets.overlay_panel import OverlayHost


class PillPresses(QObject):
    def __init__(
        self,
        shell: Shell,
        pills: StatusPills,
        overlay: OverlayHost,
        printer_notice: PrinterNotice,
        card_desk: CardDesk,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._shell = shell
        self._pills = pills
        self._overlay = overlay
        self._printer_notice = printer_notice
        self._card_desk = card_desk
        self._others: dict[str, Callable[[], None]] = {}

    def set_action(self, key: str, action: Callable[[], None]) -> None:
        """Of a pill beside those of the devices."""
        self._others[key] = action

    def on_pressed(self, key: str) -> None:
        if key in self._others:
            self._others[key]()
        elif key == HUB_PILL and self._overlay.is_open:
            self._shell.say(Tone.INFO, self._pills.hub_words())
        elif key == HUB_PILL:
            self._shell.look_at(ScreenName.SYNC_CENTRE)
        elif key == TERMINAL_PILL:
            self._card_desk.show_details()
        elif self._printer_notice.needs_somebody:
            self._printer_notice.show_details()
            if self._printer_notice.open_jobs > 1 and not self._overlay.is_open and self._may_decide():
                self._printer_notice.queue_wanted.emit()
        else:
            self._shell.say(Tone.INFO, printer_details(self._pills.printer))

    def _may_decide(self) -> bool:
        workplace = self._shell.services.workplace
        return workplace.operator is not None and not workplace.is_locked
