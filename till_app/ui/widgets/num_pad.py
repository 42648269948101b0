"""Keys for figures, large enough for a thumb; it says which key was pressed and keeps nothing."""

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens, TypeStyle
from till_app.ui.widgets.action_button import ActionButton, ButtonInks, Variant

BACKSPACE = "⌫"


class PadCorner(StrEnum):
    """The key at the bottom left."""

    DOUBLE_ZERO = "00"
    POINT = "."
    CLEAR = "C"


class _PadKey(ActionButton):
    def __init__(self, caption: str, parent: QWidget) -> None:
        super().__init__(caption, "", Variant.SECONDARY, parent=parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _caption_styles(self, tokens: Tokens) -> tuple[TypeStyle, ...]:
        return (tokens.type.key, tokens.type.title)

    def _paint_words(self, painter: QPainter, tokens: Tokens, inks: ButtonInks) -> None:
        if self.text() != BACKSPACE:
            super()._paint_words(painter, tokens, inks)
            return
        size = round(tokens.height.icon * 1.4)
        pixmap = icon_pixmap("delete", inks.caption, size, self.devicePixelRatioF())
        painter.drawPixmap((self.width() - size) // 2, (self.height() - size) // 2, pixmap)


class NumPad(QWidget):
    """7 8 9, 4 5 6, 1 2 3, then the corner key, 0 and back; emits `0`–`9`, `00`, `.`, `C` or `⌫`."""

    key_pressed = Signal(str)

    def __init__(self, corner: PadCorner = PadCorner.DOUBLE_ZERO, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys: dict[str, ActionButton] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        for row, captions in enumerate(("789", "456", "123", (corner.value, "0", BACKSPACE))):
            for column, caption in enumerate(captions):
                key = _PadKey(caption, self)
                key.clicked.connect(lambda _checked=False, pressed=caption: self.key_pressed.emit(pressed))
                self._grid.addWidget(key, row, column)
                self._keys[caption] = key
        self._keys[BACKSPACE].setAccessibleName(self.tr("Back"))
        if corner is PadCorner.CLEAR:
            self._keys[corner.value].setAccessibleName(self.tr("Clear"))
        self.setAccessibleName(self.tr("Number pad"))
        theme = current_theme()
        theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def key(self, caption: str) -> ActionButton:
        """The button with this caption."""
        return self._keys[caption]

    def _on_theme_changed(self) -> None:
        self._grid.setSpacing(current_theme().tokens.space.m - 2)


def pad_key_of(event: QKeyEvent) -> str | None:
    """The pad's key that a key of the keyboard stands for, or None."""
    if event.key() == Qt.Key.Key_Backspace:
        return BACKSPACE
    if event.key() == Qt.Key.Key_Delete:
        return PadCorner.CLEAR.value
    text = event.text()
    if len(text) == 1 and text in "0123456789":
        return text
    return PadCorner.POINT.value if text in (".", ",") else None
