"""Pages to choose one from, below each other at the left of a screen; up and down move between them."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QScrollArea,
    QScroller,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.painting import LEFT, draw_box, draw_focus_ring, draw_text, metrics_for


class _RailButton(QAbstractButton):
    stepped = Signal(int)

    def __init__(self, key: str, label: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.key = key
        self.setText(label)
        # "&" in a name is a letter: Qt would have made an Alt shortcut of it.
        self.setShortcut(QKeySequence())
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(label)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        words = metrics_for(tokens.type.strong).horizontalAdvance(self.text())
        return QSize(words + 2 * tokens.space.l, tokens.height.touch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            self.stepped.emit(step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        colours, space = tokens.colours, tokens.space
        painter = QPainter(self)
        box = QRectF(self.rect())
        if self.isChecked():
            draw_box(painter, box, tokens.radius.m, colours.accent_soft)
        elif self.isDown():
            draw_box(painter, box, tokens.radius.m, colours.surface_pressed)
        if self.hasFocus():
            draw_focus_ring(painter, box, tokens.radius.m, tokens)
        ink = colours.on_accent_soft if self.isChecked() else colours.text
        room = self.rect().adjusted(space.m, 0, -space.s, 0)
        draw_text(painter, room, self.text(), tokens.type.strong, ink, LEFT)
        painter.end()


class Rail(QScrollArea):
    """Exactly one page is chosen."""

    page_chosen = Signal(str)

    def __init__(self, pages: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        """`(key, label)` of each."""
        super().__init__(parent)
        inside = QWidget()
        inside.setProperty("ground", "surface")
        self._column = QVBoxLayout(inside)
        self._buttons: dict[str, _RailButton] = {}
        for key, label in pages:
            button = _RailButton(key, label, inside)
            button.clicked.connect(lambda _checked=False, name=key: self.page_chosen.emit(name))
            button.stepped.connect(self._on_stepped)
            self._column.addWidget(button)
            self._buttons[key] = button
        self._column.addStretch(1)
        self.setProperty("ground", "surface")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidgetResizable(True)
        self.setWidget(inside)
        QScroller.grabGesture(self.viewport(), QScroller.ScrollerGestureType.TouchGesture)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def chosen(self) -> str | None:
        return next((key for key, button in self._buttons.items() if button.isChecked()), None)

    def button(self, key: str) -> QAbstractButton:
        return self._buttons[key]

    def choose(self, key: str) -> None:
        """Marks a page without a signal."""
        self._buttons[key].setChecked(True)

    def least_width(self) -> int:
        """With which no label is cut."""
        margins = self._column.contentsMargins()
        widest = max(button.sizeHint().width() for button in self._buttons.values())
        return widest + margins.left() + margins.right()

    def _on_stepped(self, step: int) -> None:
        keys = list(self._buttons)
        at = next((i for i, button in enumerate(self._buttons.values()) if button.hasFocus()), None)
        if at is None or not 0 <= at + step < len(keys):
            return
        button = self._buttons[keys[at + step]]
        button.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(button)
        button.click()

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._column.setContentsMargins(space.l, space.s, space.l, 0)
        self._column.setSpacing(0)
