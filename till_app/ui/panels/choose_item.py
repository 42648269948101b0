"""Asks for one of several rows: items that share a code, reasons, sales."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList, ChoiceRow
from till_app.ui.widgets.overlay_panel import OverlayPanel

_MOST_ROWS_SEEN = 6


class ChoosePanel(OverlayPanel):
    """Up, down and Enter, or a touch; figures 1 to 9 choose the row of that number."""

    chosen = Signal(str)

    def __init__(
        self,
        title: str,
        rows: Sequence[ChoiceRow],
        detail: str = "",
        accept_caption: str = "",
        parent: QWidget | None = None,
    ) -> None:
        self.list = ChoiceList()
        super().__init__(title, self.list, detail=detail, width=520, parent=parent)
        self.list.show_rows(rows, 0)
        self.list.choice_made.connect(self.choose)
        self.list.installEventFilter(self)
        tokens = current_theme().tokens
        heights = [self.list.row_height(row, tokens) for row in rows[:_MOST_ROWS_SEEN]]
        self.list.setFixedHeight(sum(heights) + tokens.space.xs)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        accept = ActionButton(accept_caption or self.tr("Choose"), "Return", Variant.PRIMARY)
        self.add_button(accept).clicked.connect(self._on_accept)

    def choose(self, key: str) -> None:
        self.close_panel()
        self.chosen.emit(key)

    def _on_accept(self) -> None:
        row = self.list.current_row
        if row is not None:
            self.choose(row.key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress and event.text().isdigit():
            number = int(event.text())
            if 1 <= number <= len(self.list.rows):
                self.choose(self.list.rows[number - 1].key)
                return True
        return super().eventFilter(watched, event)
