"""A list of notes that are read, not chosen: a title, a remark at its right, and lines that wrap below."""

from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFocusEvent, QPainter
from PySide6.QtWidgets import QWidget

from till_app.ui.theme.fonts import font_for
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painted_list import PaintedList, paint_row_ground
from till_app.ui.widgets.painting import LEFT, RIGHT, colour, draw_text, metrics_for

_WRAPPED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap)
_NO_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class NoteLine:
    """`tone`: empty, `muted`, `good`, `warn` or `bad`."""

    text: str
    tone: str = "muted"


@dataclass(frozen=True, slots=True)
class NoteRow:
    key: str
    title: str
    remark: str = ""
    lines: tuple[NoteLine, ...] = ()


class NoteList(PaintedList[NoteRow]):
    """Up and down go from note to note; the first is marked when the list gets the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Notes"))

    def row_height(self, row: NoteRow, tokens: Tokens) -> int:
        height = metrics_for(tokens.type.strong).height() + 2 * tokens.space.m
        height += sum(self._line_height(line, tokens) for line in row.lines)
        return max(height, tokens.height.touch)

    def _line_height(self, line: NoteLine, tokens: Tokens) -> int:
        width = self.viewport().width() - 2 * tokens.space.l
        room = QRect(0, 0, max(width, 1), _NO_LIMIT)
        return metrics_for(tokens.type.body).boundingRect(room, _WRAPPED, line.text).height()

    def spoken_row(self, row: NoteRow) -> str:
        return ". ".join(part for part in (row.title, row.remark, *(line.text for line in row.lines)) if part)

    def paint_row(
        self, painter: QPainter, rect: QRect, row: NoteRow, is_current: bool, tokens: Tokens
    ) -> None:
        types, space = tokens.type, tokens.space
        paint_row_ground(painter, rect, is_current and self.hasFocus(), tokens)
        inner = rect.adjusted(space.l, space.m, -space.l, -space.m)
        remark_width = metrics_for(types.small).horizontalAdvance(row.remark) + 1 if row.remark else 0
        title = QRect(
            inner.left(),
            inner.top(),
            inner.width() - remark_width - (space.m if remark_width else 0),
            metrics_for(types.strong).height(),
        )
        draw_text(painter, title, row.title, types.strong, tokens.colours.text, LEFT)
        remark = QRect(inner.right() + 1 - remark_width, title.top(), remark_width, title.height())
        draw_text(painter, remark, row.remark, types.small, tokens.colours.text_muted, RIGHT)
        top = title.bottom() + 1
        painter.setFont(font_for(types.body))
        for line in row.lines:
            height = self._line_height(line, tokens)
            painter.setPen(colour(_ink(line.tone, tokens)))
            painter.drawText(QRect(inner.left(), top, inner.width(), height), _WRAPPED, line.text)
            top += height

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if self.current < 0 and self.rows:
            self.set_current(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()


def _ink(tone: str, tokens: Tokens) -> str:
    colours = tokens.colours
    return {
        "muted": colours.text_muted,
        "good": colours.saving,
        "warn": colours.on_warn_soft,
        "bad": colours.on_bad_soft,
    }.get(tone, colours.text)
