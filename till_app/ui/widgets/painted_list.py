"""A scrolling list painted straight from a Python list: no model, and only changed rows are repainted."""

from abc import abstractmethod
from bisect import bisect_right
from collections.abc import Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QScroller, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painting import CENTRE, colour, draw_text

Row = TypeVar("Row")

NO_ROW = -1


class PaintedList(QAbstractScrollArea, Generic[Row]):
    """Rows are frozen values; a subclass says how high one is, how it looks, and how it is read aloud."""

    current_changed = Signal(int)
    """The row that the operator moved to; not sent for rows shown by the program."""
    row_chosen = Signal(int)
    """Enter on a row, or a touch on it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[Row] = []
        self._tops: list[int] = [0]
        self._current = NO_ROW
        self._empty_text = ""
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        current_theme().changed.connect(self._on_theme_changed)

    @abstractmethod
    def row_height(self, row: Row, tokens: Tokens) -> int: ...

    @abstractmethod
    def paint_row(self, painter: QPainter, rect: QRect, row: Row, is_current: bool, tokens: Tokens) -> None:
        """The ground of `rect` is already filled."""

    @abstractmethod
    def spoken_row(self, row: Row) -> str:
        """What a screen reader says of the row."""

    @property
    def rows(self) -> Sequence[Row]:
        return tuple(self._rows)

    @property
    def current(self) -> int:
        """The highlighted row, from 0; `NO_ROW` when there is none."""
        return self._current

    @property
    def current_row(self) -> Row | None:
        return self._rows[self._current] if self._current >= 0 else None

    def set_empty_text(self, text: str) -> None:
        self._empty_text = text
        self.viewport().update()

    def show_rows(self, rows: Sequence[Row], current: int | None = None) -> None:
        """Only what differs is painted again. `current` None keeps the highlight where it is."""
        old, new = self._rows, list(rows)
        same = _common_prefix(old, new)
        tokens = current_theme().tokens
        self._rows = new
        old_tops, self._tops = self._tops, self._tops[: same + 1]
        for row in new[same:]:
            self._tops.append(self._tops[-1] + self.row_height(row, tokens))
        self._update_scroll_range()
        self._update_changed(old, old_tops, same)
        wanted = self._current if current is None else current
        self._move_to(min(max(wanted, NO_ROW), len(new) - 1), follow=current is not None)

    def _update_changed(self, old: list[Row], old_tops: list[int], same: int) -> None:
        new = self._rows
        if self._tops == old_tops:
            for index in range(same, len(new)):
                if new[index] != old[index]:
                    self._update_row(index)
            return
        tail_is_same = len(new) > len(old) and same == len(old)
        top = old_tops[same] - self._offset()
        height = self._tops[-1] - old_tops[same] if tail_is_same else self.viewport().height() - top
        if not old or not new:
            top, height = 0, self.viewport().height()
        self.viewport().update(0, top, self.viewport().width(), height)

    def set_current(self, index: int) -> None:
        """Moves the highlight and scrolls to it, without a signal."""
        self._move_to(min(max(index, NO_ROW), len(self._rows) - 1), follow=True)

    def _move_to(self, index: int, follow: bool) -> bool:
        moved = index != self._current
        if moved:
            before, self._current = self._current, index
            self._update_row(before)
            self._update_row(index)
            self._tell_readers()
        if follow:
            self._scroll_to(index)
        return moved

    def _tell_readers(self) -> None:
        row = self.current_row
        self.setAccessibleDescription("" if row is None else self.spoken_row(row))
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))

    def _scroll_to(self, index: int) -> None:
        if not 0 <= index < len(self._rows):
            return
        bar, height = self.verticalScrollBar(), self.viewport().height()
        top, bottom = self._tops[index], self._tops[index + 1]
        if top < bar.value():
            bar.setValue(top)
        elif bottom > bar.value() + height:
            bar.setValue(bottom - height)

    def _update_row(self, index: int) -> None:
        if 0 <= index < len(self._rows):
            self.viewport().update(self.row_rect(index))

    def row_rect(self, index: int) -> QRect:
        """Where the row is in the viewport now."""
        top = self._tops[index]
        return QRect(0, top - self._offset(), self.viewport().width(), self._tops[index + 1] - top)

    def row_at(self, position: QPoint) -> int:
        y = position.y() + self._offset()
        return bisect_right(self._tops, y) - 1 if 0 <= y < self._tops[-1] else NO_ROW

    def _offset(self) -> int:
        return self.verticalScrollBar().value()

    def _update_scroll_range(self) -> None:
        height = self.viewport().height()
        bar = self.verticalScrollBar()
        bar.setPageStep(height)
        bar.setSingleStep(current_theme().tokens.height.touch)
        bar.setRange(0, max(0, self._tops[-1] - height))

    def _measure_rows(self) -> None:
        tokens = current_theme().tokens
        self._tops = [0]
        for row in self._rows:
            self._tops.append(self._tops[-1] + self.row_height(row, tokens))

    def _on_theme_changed(self) -> None:
        self._measure_rows()
        self._update_scroll_range()
        self._scroll_to(self._current)
        self.viewport().update()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._measure_rows()
        self._update_scroll_range()
        self._scroll_to(self._current)

    def sizeHint(self) -> QSize:
        return QSize(320, 240)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), colour(tokens.colours.surface))
        if not self._rows and self._empty_text:
            draw_text(
                painter,
                self.viewport().rect(),
                self._empty_text,
                tokens.type.body,
                tokens.colours.text_muted,
                CENTRE,
            )
        offset = self._offset()
        index = max(0, bisect_right(self._tops, event.rect().top() + offset) - 1)
        while index < len(self._rows) and self._tops[index] - offset <= event.rect().bottom():
            rect = self.row_rect(index)
            if event.region().intersects(rect):
                self.paint_row(painter, rect, self._rows[index], index == self._current, tokens)
            index += 1
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.row_at(event.position().toPoint())
        if (
            event.button() is Qt.MouseButton.LeftButton
            and index != NO_ROW
            and self._move_to(index, follow=True)
        ):
            self.current_changed.emit(index)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        index = self.row_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index != NO_ROW and index == self._current:
            self.row_chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0:
            self.row_chosen.emit(self._current)
        elif not self.move_by_key(Qt.Key(event.key())):
            event.ignore()

    def move_by_key(self, key: Qt.Key) -> bool:
        """Moves the highlight as up, down, page, home and end ask; False for any other key."""
        if not self._rows:
            return False
        last = len(self._rows) - 1
        page = max(1, self.viewport().height() * len(self._rows) // max(1, self._tops[-1]) - 1)
        targets = {
            Qt.Key.Key_Up: self._current - 1 if self._current >= 0 else last,
            Qt.Key.Key_Down: self._current + 1,
            Qt.Key.Key_PageUp: self._current - page,
            Qt.Key.Key_PageDown: self._current + page,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if key not in targets:
            return False
        if self._move_to(min(max(targets[key], 0), last), follow=True):
            self.current_changed.emit(self._current)
        return True


def paint_row_ground(painter: QPainter, rect: QRect, is_current: bool, tokens: Tokens) -> None:
    """The line under a row, and for the current one a tint with a bar at its left: not by colour alone."""
    if is_current:
        painter.fillRect(rect, colour(tokens.colours.accent_soft))
        bar = QRect(rect.left(), rect.top(), tokens.space.xs, rect.height())
        painter.fillRect(bar, colour(tokens.colours.accent))
    line = QRect(rect.left(), rect.bottom() + 1 - tokens.hairline, rect.width(), tokens.hairline)
    painter.fillRect(line, colour(tokens.colours.line))


def _common_prefix(old: Sequence[Row], new: Sequence[Row]) -> int:
    count = 0
    for before, after in zip(old, new, strict=False):
        if before is not after and before != after:
            break
        count += 1
    return count
