"""How a key is named on a button, and the small keycap that shows it."""

from PySide6.QtCore import QCoreApplication, QRectF, QSize, Qt
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painting import CENTRE, LEFT, draw_box, draw_text, metrics_for

_SIGNS = {"Return": "↵", "Enter": "↵", "Backspace": "⌫", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→"}


def key_name(key: str) -> str:
    """The operator's name of a key sequence in portable form: `Del` → Del, `Return` → ↵."""
    if not key:
        return ""
    parts = key.split("+") if key != "+" else [key]
    named = [_SIGNS.get(part, part) for part in parts]
    if named[-1] == "Space":
        named[-1] = QCoreApplication.translate("KeyHint", "Space")
    native = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
    return "+".join(named) if set(named) != set(parts) or not native else native


def key_cap_width(key: str, tokens: Tokens) -> int:
    metrics = metrics_for(tokens.type.small)
    return max(
        metrics.horizontalAdvance(key_name(key)) + 2 * tokens.space.s, metrics.height() + tokens.space.s
    )


def draw_key_cap(painter: QPainter, rect: QRectF, key: str, ink: str, tokens: Tokens) -> None:
    """The outline of a key with its name, in one ink."""
    draw_box(painter, rect, tokens.radius.s, None, ink, tokens.hairline)
    draw_text(painter, rect.toRect(), key_name(key), tokens.type.small, ink, CENTRE)


class KeyHint(QWidget):
    """A keycap and what the key does here: `[Esc] back to the basket`."""

    def __init__(self, key: str, meaning: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self._meaning = meaning
        self.setAccessibleName(f"{key_name(key)}: {meaning}")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        current_theme().changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        tokens = current_theme().tokens
        words = metrics_for(tokens.type.small)
        width = key_cap_width(self._key, tokens) + tokens.space.s + words.horizontalAdvance(self._meaning) + 1
        return QSize(width, words.height() + tokens.space.s)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current_theme().tokens
        painter = QPainter(self)
        cap_width = key_cap_width(self._key, tokens)
        cap = QRectF(0, 0, cap_width, self.height()).adjusted(0, 1, 0, -1)
        draw_key_cap(painter, cap, self._key, tokens.colours.text_muted, tokens)
        words = self.rect().adjusted(cap_width + tokens.space.s, 0, 0, 0)
        draw_text(painter, words, self._meaning, tokens.type.small, tokens.colours.text_muted, LEFT)
        painter.end()


def key_sequence(key: str) -> QKeySequence:
    return QKeySequence(key, QKeySequence.SequenceFormat.PortableText)


def matches_key(key: str, pressed: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
    """Whether a pressed key is the one that a button names; Enter on the number pad counts as Return."""
    if not key:
        return False
    if key in ("Return", "Enter"):
        return pressed in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    held = modifiers & ~Qt.KeyboardModifier.KeypadModifier
    return key_sequence(key) == QKeySequence(held.value | pressed.value)
