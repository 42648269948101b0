"""Asking for a PIN: dots instead of figures, a pad, and room for a refusal."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.num_pad import BACKSPACE, NumPad, PadCorner, pad_key_of
from till_app.ui.widgets.painting import colour


class _PinDots(QWidget):
    """One filled disc for each figure keyed, outlines up to the least length."""

    def __init__(self, least_length: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._least_length = least_length
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def set_count(self, count: int) -> None:
        self._count = count
        self.update()

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        return QSize(tokens.space.xl * 2 * self._least_length, tokens.space.xl + tokens.space.s)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shown = max(self._count, self._least_length)
        radius, step = tokens.space.s, tokens.space.xl + tokens.space.xs
        left = (self.width() - (shown - 1) * step) / 2
        for index in range(shown):
            filled = index < self._count
            painter.setPen(QPen(colour(tokens.colours.text if filled else tokens.colours.line_strong), 2))
            painter.setBrush(colour(tokens.colours.text) if filled else Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(left + index * step, self.height() / 2), radius, radius)
        painter.end()


class PinPad(QWidget):
    """The PIN leaves by the signal and is forgotten here at once."""

    pin_entered = Signal(str)

    def __init__(self, least_length: int = 4, most_length: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least_length = least_length
        self._most_length = most_length
        self._pin = ""
        self._dots = _PinDots(least_length, self)
        self._message = QLabel(self)
        self._message.setProperty("type", "small_strong")
        self._message.setProperty("tone", "bad")
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setWordWrap(True)
        self._pad = NumPad(PadCorner.CLEAR, self)
        self._pad.key_pressed.connect(self._on_pad_key)
        self._enter = ActionButton(self.tr("Enter"), "Return", Variant.PRIMARY, parent=self)
        self._enter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._enter.clicked.connect(self._submit)
        self._enter.setEnabled(False)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self._dots, self._message):
            self._layout.addWidget(widget)
        self._layout.addWidget(self._pad, 1)
        self._layout.addWidget(self._enter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("PIN"))
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def length(self) -> int:
        """How many figures are keyed; the figures themselves are nobody's business."""
        return len(self._pin)

    @property
    def pad(self) -> NumPad:
        return self._pad

    @property
    def message(self) -> str:
        return self._message.text()

    def show_refusal(self, words: str) -> None:
        """Says why the PIN was not taken, and starts afresh."""
        self._set_pin("")
        self._message.setText(words)

    def clear(self) -> None:
        self._set_pin("")
        self._message.clear()

    def _on_pad_key(self, key: str) -> None:
        if key == BACKSPACE:
            self._set_pin(self._pin[:-1])
        elif key == PadCorner.CLEAR.value:
            self.clear()
        elif key.isdecimal() and len(self._pin) < self._most_length:
            self._message.clear()
            self._set_pin(self._pin + key)

    def _set_pin(self, pin: str) -> None:
        self._pin = pin
        self._dots.set_count(len(pin))
        self._enter.setEnabled(len(pin) >= self._least_length)

    def _submit(self) -> None:
        if len(self._pin) >= self._least_length:
            pin = self._pin
            self._set_pin("")
            self.pin_entered.emit(pin)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._submit()
            return
        key = pad_key_of(event)
        if key is None:
            event.ignore()
        else:
            self._on_pad_key(key)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self._layout.setSpacing(tokens.space.m)
        self._message.setMinimumHeight(tokens.space.l + tokens.space.xs)
        self._pad.setMinimumHeight(4 * tokens.height.touch + 3 * tokens.space.m)
