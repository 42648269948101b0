"""Buttons side by side in equal columns, on more lines where the room is short: no caption is cut."""

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton


class ActionRow(QWidget):
    """Keeps the order of the buttons; hidden ones leave no gap."""

    def __init__(self, buttons: Sequence[ActionButton] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: list[ActionButton] = []
        self._columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        # The row shrinks by taking another line: its buttons must not hold the window open.
        self._grid.setSizeConstraint(QGridLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_buttons(buttons)

    @property
    def buttons(self) -> Sequence[ActionButton]:
        return tuple(self._buttons)

    @property
    def row_count(self) -> int:
        return -(-len(self._buttons) // self._columns) if self._columns else 0

    def show_buttons(self, buttons: Sequence[ActionButton]) -> None:
        """Replaces the buttons; those no longer there are hidden and stay the caller's."""
        for button in self._buttons:
            self._grid.removeWidget(button)
            if button not in buttons:
                button.hide()
        self._buttons = list(buttons)
        self._columns = 0
        self._lay_out()
        for button in self._buttons:
            button.show()

    def minimumSizeHint(self) -> QSize:
        return QSize(2 * current_theme().tokens.height.touch, self.sizeHint().height())

    def sizeHint(self) -> QSize:
        gap = self._grid.spacing()
        rows = max(1, self.row_count)
        height = max((button.sizeHint().height() for button in self._buttons), default=0)
        if rows > 1:
            # Room is short: a second line must not cost twice the height.
            height = min(height, current_theme().tokens.height.touch + gap)
        width = sum(button.sizeHint().width() + gap for button in self._buttons)
        return QSize(width, rows * height + (rows - 1) * gap)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _on_theme_changed(self) -> None:
        self._grid.setSpacing(current_theme().tokens.space.s)
        self._columns = 0
        self._lay_out()

    def _lay_out(self) -> None:
        count = len(self._buttons)
        if not count:
            return
        gap = self._grid.spacing()
        widest = max(button.minimumSizeHint().width() for button in self._buttons)
        fitting = min(max((self.width() + gap) // (widest + gap), 1), count)
        rows = -(-count // fitting)
        columns = -(-count // rows)
        if columns == self._columns:
            return
        before = self._columns
        self._columns = columns
        for index, button in enumerate(self._buttons):
            self._grid.removeWidget(button)
            self._grid.addWidget(button, index // columns, index % columns)
        for column in range(max(columns, before)):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)
        self.updateGeometry()
