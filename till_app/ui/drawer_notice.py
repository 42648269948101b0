"""What the operator is told of the cash drawer: left open, not opened, opened by its key. No sale waits."""

from collections.abc import Mapping

from PySide6.QtCore import QObject

from till_app.services.device_status import DrawerEvent, DrawerNews
from till_app.ui.formatting import Formatter
from till_app.ui.messages import Messages
from till_app.ui.print_words import printer_reason
from till_app.ui.shell import Shell, Tone
from till_app.ui.sound import Sound


class DrawerNotice(QObject):
    """Its banner leaves by itself when the drawer is shut."""

    def __init__(self, shell: Shell, formatter: Formatter, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._formatter = formatter
        self.banner = Messages()

    def hear(self, event: DrawerEvent) -> None:
        match event.news:
            case DrawerNews.LEFT_OPEN:
                words = self.tr("The cash drawer is open\nFor {span} now. Close it; the next sale can go on.")
                span = self._formatter.span(int(event.detail)) if event.detail.isdigit() else ""
                self.banner.say(Tone.WARNING, words.format(span=span))
                self._shell.play(Sound.ATTENTION)
            case DrawerNews.CLOSED:
                self.banner.close_message()
            case DrawerNews.DROPPED_LATE | DrawerNews.FAILED:
                self._shell.say(Tone.WARNING, self._not_opened(event))
            case DrawerNews.OPENED_UNASKED:
                words = self.tr("The cash drawer was opened without the till\nIt is on record.")
                self._shell.say(Tone.WARNING, words)

    def _not_opened(self, event: DrawerEvent) -> str:
        known: Mapping[str, str] = {
            "": self.tr("The printer was busy for too long."),
            "no_reply": self.tr("The printer does not answer; it may still open."),
        }
        why = known.get(event.detail) or self.tr("Printer: {reason}.").format(
            reason=printer_reason(event.detail)
        )
        words = self.tr("The cash drawer did not open\n{why} Use “Open the drawer”, or its key.")
        return words.format(why=why)
