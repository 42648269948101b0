"""How a key is named on a button, and the small keycap that shows it."""

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QKeySequence, QPainter

from till_app.ui.theme.tokens import Tokens
from till_app.ui.widgets.painting import CENTRE, draw_box, draw_text, metrics_for

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
