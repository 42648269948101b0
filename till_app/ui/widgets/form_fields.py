"""Fields of a form, each with its name above it: text, number, secret, choice, flag, several of a few."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from till_app.ui.theme.icons import icon_pixmap
from till_app.ui.theme.theme import current_theme

LONGEST_TEXT = 300
_LONGEST_NUMBER = 99_999
_TEXT_LINES = 5
"""Room in a field of several lines, its frame with it."""


class FormField(QWidget):
    """A subclass has `value` and `show_value` of its own type."""

    edited = Signal()
    """By a person."""

    def __init__(self, key: str, name: str, hint: str = "") -> None:
        super().__init__()
        self.key = key
        self.name = name
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(current_theme().tokens.space.xs)
        self._label = _words(name, "small_strong")
        self._hint = _words(hint, "small")
        # What is shown before it has a parent opens as a window and takes the keyboard.
        self._column.addWidget(self._label)
        if not name:
            self._label.hide()
        if not hint:
            self._hint.hide()

    def value(self) -> object:
        raise NotImplementedError

    def show_value(self, value: object) -> None:
        raise NotImplementedError

    def _take(self, editor: QWidget) -> None:
        editor.setAccessibleName(self.name)
        self._column.addWidget(editor)
        self._column.addWidget(self._hint)
        self._column.addStretch(1)
        self.setFocusProxy(editor)


class TextField(FormField):
    def __init__(self, key: str, name: str, hint: str = "", *, placeholder: str = "") -> None:
        super().__init__(key, name, hint)
        self.editor = QLineEdit()
        self.editor.setMaxLength(LONGEST_TEXT)
        self.editor.setPlaceholderText(placeholder)
        self.editor.textEdited.connect(lambda _text: self.edited.emit())
        self._take(self.editor)

    def value(self) -> str:
        return self.editor.text().strip()

    def show_value(self, value: object) -> None:
        self.editor.setText(str(value))


class LinesField(FormField):
    """Several lines of text; Tab leaves it."""

    def __init__(self, key: str, name: str, hint: str = "") -> None:
        super().__init__(key, name, hint)
        self._is_showing = False
        self.editor = QPlainTextEdit()
        self.editor.setTabChangesFocus(True)
        self.editor.setFixedHeight(_TEXT_LINES * current_theme().tokens.height.icon + _TEXT_LINES)
        self.editor.textChanged.connect(self._on_changed)
        self._take(self.editor)

    def value(self) -> str:
        return self.editor.toPlainText().strip()

    def show_value(self, value: object) -> None:
        self._is_showing = True
        self.editor.setPlainText(str(value))
        self._is_showing = False

    def _on_changed(self) -> None:
        if not self._is_showing:
            self.edited.emit()


class NumberField(FormField):
    """What is no number counts as 0."""

    def __init__(self, key: str, name: str, hint: str = "") -> None:
        super().__init__(key, name, hint)
        self.editor = QLineEdit()
        self.editor.setValidator(QIntValidator(0, _LONGEST_NUMBER, self.editor))
        self.editor.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self.editor.textEdited.connect(lambda _text: self.edited.emit())
        self._take(self.editor)

    def value(self) -> int:
        text = self.editor.text().strip()
        return int(text) if text.isdigit() else 0

    def show_value(self, value: object) -> None:
        self.editor.setText(str(value))


class SecretField(FormField):
    """What is kept is never shown again: the field is empty, and what is typed replaces it."""

    def __init__(self, key: str, name: str, kept_hint: str, hint: str = "") -> None:
        super().__init__(key, name, hint)
        self._kept_hint = kept_hint
        self._kept = ""
        self.editor = QLineEdit()
        self.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self.editor.textEdited.connect(lambda _text: self.edited.emit())
        self._take(self.editor)

    @property
    def typed(self) -> str:
        return self.editor.text().strip()

    def value(self) -> str:
        return self.typed or self._kept

    def show_value(self, value: object) -> None:
        self._kept = str(value)
        self.editor.clear()
        self.editor.setPlaceholderText(self._kept_hint if value else "")


class _Choices(QComboBox):
    """The wheel scrolls the form below it."""

    def __init__(self) -> None:
        super().__init__()
        self.setView(QListView())
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        tokens = current_theme().tokens
        ink = tokens.colours.text_muted if self.isEnabled() else tokens.colours.text_disabled
        size = tokens.height.icon
        painter = QPainter(self)
        arrow = icon_pixmap("chevron-down", ink, size, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - size - tokens.space.m, (self.height() - size) // 2, arrow)
        painter.end()


class ChoiceField(FormField):
    def __init__(self, key: str, name: str, choices: Sequence[tuple[object, str]], hint: str = "") -> None:
        """`(value, words)` of each choice."""
        super().__init__(key, name, hint)
        self._values = [value for value, _ in choices]
        self.editor = _Choices()
        for _, words in choices:
            self.editor.addItem(words)
        self.editor.activated.connect(lambda _index: self.edited.emit())
        self._take(self.editor)

    def value(self) -> object:
        return self._values[max(0, self.editor.currentIndex())]

    def show_value(self, value: object) -> None:
        """One that is not offered is added: it was set by hand in the file."""
        if value not in self._values:
            self._values.append(value)
            self.editor.addItem(str(value))
        self.editor.setCurrentIndex(self._values.index(value))


class EditableChoiceField(FormField):
    """What is offered, or whatever is typed."""

    def __init__(self, key: str, name: str, hint: str = "", *, placeholder: str = "") -> None:
        super().__init__(key, name, hint)
        self._offers: list[tuple[str, str]] = []
        self.editor = _Choices()
        self.editor.setEditable(True)
        self.editor.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = self.editor.lineEdit()
        assert line is not None
        self.line = line
        self.line.setPlaceholderText(placeholder)
        self.line.setMaxLength(LONGEST_TEXT)
        self.line.textEdited.connect(lambda _text: self.edited.emit())
        self.editor.activated.connect(self._on_activated)
        self._take(self.editor)

    def offer(self, offers: Sequence[tuple[str, str]]) -> None:
        """`(value, words)` of each; what stands in the field stays."""
        text = self.line.text()
        self._offers = list(offers)
        self.editor.clear()
        self.editor.addItems([words for _, words in offers])
        self.editor.setCurrentIndex(-1)
        self.line.setText(text)

    def value(self) -> str:
        return self.line.text().strip()

    def show_value(self, value: object) -> None:
        self.editor.setCurrentIndex(-1)
        self.line.setText(str(value))

    def _on_activated(self, index: int) -> None:
        if 0 <= index < len(self._offers):
            self.show_value(self._offers[index][0])
            self.edited.emit()


class FlagField(FormField):
    def __init__(self, key: str, name: str, hint: str = "") -> None:
        super().__init__(key, "", hint)
        self.name = name
        self.editor = QCheckBox(name)
        self.editor.clicked.connect(lambda _checked: self.edited.emit())
        self._take(self.editor)

    def value(self) -> bool:
        return self.editor.isChecked()

    def show_value(self, value: object) -> None:
        self.editor.setChecked(bool(value))


class SeveralField(FormField):
    """Any of a few, as a tuple in their order."""

    def __init__(self, key: str, name: str, choices: Sequence[tuple[str, str]], hint: str = "") -> None:
        super().__init__(key, name, hint)
        self.boxes: dict[str, QCheckBox] = {}
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(current_theme().tokens.space.l)
        for value, words in choices:
            box = QCheckBox(words)
            box.clicked.connect(lambda _checked: self.edited.emit())
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addWidget(box)
            self.boxes[value] = box
        layout.addStretch(1)
        self._take(row)
        self.setFocusProxy(next(iter(self.boxes.values())))

    def value(self) -> tuple[str, ...]:
        return tuple(value for value, box in self.boxes.items() if box.isChecked())

    def show_value(self, value: object) -> None:
        chosen = value if isinstance(value, tuple | list) else ()
        for name, box in self.boxes.items():
            box.setChecked(name in chosen)


def _words(text: str, style: str) -> QLabel:
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("type", style)
    label.setProperty("tone", "muted")
    return label
