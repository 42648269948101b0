"""Where the window's messages lie, and which of them have their turn; what they say is said elsewhere."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from till_app.ui.messages import Messages
from till_app.ui.printer_notice import PrinterNotice
from till_app.ui.theme.theme import current_theme

_READABLE_WIDTH = 320
"""Of a message, in pixels at 100 %."""
_ROOM_FOR_TWO = 720
"""Height of the window, in pixels at 100 %, at which two messages leave room for the rest."""


class MessagePlaces:
    """A screen may have a place for them: a QVBoxLayout as its attribute `message_place`."""

    def __init__(self, messages: Messages, drawer: Messages, printer_notice: PrinterNotice) -> None:
        self._messages = messages
        self._drawer = drawer
        self._printer = printer_notice.banner
        self._printer_notice = printer_notice
        self.at_top = QVBoxLayout()
        """For the window, above the screens."""
        self.at_top.setSpacing(0)
        for banner in (self._drawer, self._printer, self._messages):
            self.at_top.addWidget(banner)

    def place(self, screen: QWidget | None, window_height: int, *, is_panel_open: bool) -> None:
        """Where the screen wants them if there is room; a message at the top while a panel dims the rest."""
        place = getattr(screen, "message_place", None)
        scale = current_theme().tokens.scale
        has_width = place is not None and place.parentWidget().width() >= round(_READABLE_WIDTH * scale)
        has_height = window_height >= round(_ROOM_FOR_TWO * scale)
        has_room = has_height or not self._printer_notice.needs_somebody
        is_clear = has_width and has_room and not is_panel_open
        notices = place if has_width and has_height else self.at_top
        _move(self._printer, notices, self._messages)
        _move(self._drawer, notices, self._printer)
        _move(self._messages, place if is_clear else self.at_top)
        self._take_turns(2 if has_height else 1)

    def _take_turns(self, room_for: int) -> None:
        """More would push the keys off the window: what was just said comes first, and the printer, whose
        pill says the same, last."""
        notices = (self._drawer, self._printer)
        standing = [each for each in (self._messages, *notices) if each.message is not None]
        for notice in notices:
            notice.setVisible(notice in standing[:room_for])


def _move(widget: QWidget, place: QVBoxLayout | None, before: QWidget | None = None) -> None:
    """To the end of that place, or in front of `before` if that is there."""
    if place is not None and place.indexOf(widget) < 0:
        position = place.indexOf(before) if before is not None else -1
        place.insertWidget(position, widget)
