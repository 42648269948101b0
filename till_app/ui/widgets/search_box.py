"""The search field and its results as you type; who searches is told by a signal and answers with rows."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QVBoxLayout, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.painted_list import NO_ROW

_MOST_ROWS_SEEN = 7
_FRAME = 3


class SearchResults(QFrame):
    """Hangs below the field inside the same window, so that the field keeps the keyboard."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("ground", "card")
        self.list = ChoiceList(self)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.set_empty_text(self.tr("Nothing found"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(_FRAME, _FRAME, _FRAME, _FRAME)
        layout.addWidget(self.list)
        self.hide()

    def show_below(self, anchor: QWidget, rows: Sequence[ChoiceRow], current: int) -> None:
        window = anchor.window()
        self.list.show_rows(rows, current)
        below = anchor.mapTo(window, QPoint(0, anchor.height() + 2))
        tokens = current_theme().tokens
        heights = [self.list.row_height(row, tokens) for row in rows[:_MOST_ROWS_SEEN]]
        height = max(sum(heights), tokens.height.touch) + 2 * (_FRAME + 1)
        room = window.height() - below.y() - tokens.space.s
        self.setGeometry(below.x(), below.y(), anchor.width(), min(height, room))
        self.raise_()
        self.show()


class SearchBox(QLineEdit):
    """Announces the query when typing pauses, shows the rows it is given, and the choice made."""

    query_changed = Signal(str)
    """The text after a short pause; answer with `show_results` for the same text. Empty text is not sent."""
    result_chosen = Signal(str)
    """The key of the chosen row."""
    submitted = Signal(str)
    """Enter with no result to choose: a code typed by hand."""

    def __init__(self, placeholder: str = "", debounce_ms: int = 30, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(placeholder or self.tr("Scan, or type a name, barcode or PLU"))
        self.setAccessibleName(self.tr("Search"))
        self.setClearButtonEnabled(False)
        self._results: SearchResults | None = None
        self._shown_for = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(debounce_ms)
        self._pause.timeout.connect(self._on_pause)
        self.textChanged.connect(self._on_text_changed)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def results(self) -> SearchResults | None:
        """The popup, once results were shown."""
        return self._results

    @property
    def is_showing_results(self) -> bool:
        return self._results is not None and self._results.isVisible()

    def show_results(self, query: str, rows: Sequence[ChoiceRow], *, is_first_chosen: bool = True) -> None:
        """The answer to `query`; one that comes late, for a text that is gone, is dropped.

        With `is_first_chosen` Enter takes the first row; without it Enter submits the text, as for a code.
        """
        if query != self.text().strip() or not query:
            return
        if self._results is None or self._results.parentWidget() is not self.window():
            self._results = SearchResults(self.window())
            self._results.list.choice_made.connect(self._on_choice_made)
        self._shown_for = query
        self._results.show_below(self, rows, 0 if rows and is_first_chosen else NO_ROW)

    def dismiss(self) -> None:
        """Empties the field and puts the results away."""
        self.clear()
        self._hide_results()

    def _hide_results(self) -> None:
        self._pause.stop()
        self._shown_for = ""
        if self._results is not None:
            self._results.hide()

    def _on_text_changed(self, text: str) -> None:
        if text.strip():
            self._pause.start()
        else:
            self._hide_results()

    def _on_pause(self) -> None:
        if self.text().strip():
            self.query_changed.emit(self.text().strip())

    def _on_choice_made(self, key: str) -> None:
        self.dismiss()
        self.result_chosen.emit(key)

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody waits for results any more."""
        self._pause.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_enter()
        elif key is Qt.Key.Key_Escape and (self.text() or self.is_showing_results):
            self.dismiss()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and (
            self._results is not None and self._results.isVisible()
        ):
            self._results.list.move_by_key(key)
        else:
            super().keyPressEvent(event)

    def _on_enter(self) -> None:
        """Takes the highlighted row only if it answers what stands in the field now."""
        text = self.text().strip()
        if not text:
            return
        row = (
            self._results.list.current_row if self._results is not None and self._shown_for == text else None
        )
        if row is not None and self.is_showing_results:
            self._on_choice_made(row.key)
            return
        self._hide_results()
        self.submitted.emit(text)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            owns = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if self.text() and event.key() in (*owns, Qt.Key.Key_Escape):
                event.accept()
                return True
        if event.type() is QEvent.Type.FocusOut and self._results is not None:
            self._results.hide()
        return super().event(event)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self.setTextMargins(tokens.height.icon + tokens.space.s, 0, 0, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = current_theme().tokens
        painter = QPainter(self)
        size = tokens.height.icon
        pixmap = icon_pixmap("search", tokens.colours.text_muted, size, self.devicePixelRatioF())
        painter.drawPixmap(tokens.space.m, (self.height() - size) // 2, pixmap)
        painter.end()
