"""A state as a small mark: a shape as well as a colour, for whoever cannot tell the colours apart."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import draw_box, draw_state_mark

_SIZE = 12
"""In pixels at 100 %."""


class StateMark(QWidget):
    """`disc`, `triangle`, `square`, or `ring` for what is not in use."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark, self._tone = "ring", "muted"
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    @property
    def mark(self) -> str:
        return self._mark

    def show_mark(self, mark: str, tone: str) -> None:
        if (mark, tone) != (self._mark, self._tone):
            self._mark, self._tone = mark, tone
            self.update()

    def sizeHint(self) -> QSize:
        size = round(_SIZE * current_theme().tokens.scale)
        return QSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours = tokens.colours
        ink = {
            "good": colours.saving,
            "warn": colours.on_warn_soft,
            "bad": colours.on_bad_soft,
        }.get(self._tone, colours.line_strong)
        side = round(_SIZE * tokens.scale)
        box = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side).adjusted(1, 1, -1, -1)
        painter = QPainter(self)
        if self._mark == "ring":
            draw_box(painter, box, box.height() / 2, None, ink, 2 * tokens.scale)
        else:
            draw_state_mark(painter, box, self._mark, ink)
        painter.end()
