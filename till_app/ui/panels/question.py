"""A question in words with its answers as buttons, each with a key."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.overlay_panel import OverlayPanel


@dataclass(frozen=True, slots=True)
class Answer:
    """`key_name` comes back by the signal; `shortcut` is a key in portable form."""

    key_name: str
    caption: str
    shortcut: str = ""
    variant: Variant = Variant.SECONDARY


class QuestionPanel(OverlayPanel):
    """Esc answers nothing. No answer is reached by Enter alone unless it says so."""

    answered = Signal(str)

    def __init__(
        self,
        title: str,
        text: str,
        answers: Sequence[Answer],
        *,
        text_style: str = "body",
        width: int = 460,
        parent: QWidget | None = None,
    ) -> None:
        body = QWidget()
        body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(title, body, width=width, parent=parent)
        self._text = QLabel(text)
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setProperty("type", text_style)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._text)
        for answer in answers:
            button = self.add_button(ActionButton(answer.caption, answer.shortcut, answer.variant))
            button.clicked.connect(lambda _checked=False, name=answer.key_name: self.answer(name))

    @property
    def text(self) -> str:
        return self._text.text()

    def answer(self, key_name: str) -> None:
        self.close_panel()
        self.answered.emit(key_name)
