"""Parts of the pairing screen: an introduction, and the pages of its card: form, question, progress."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontInfo
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from till_app.ui.screens.parts import words
from till_app.ui.theme.fonts import monospace_font
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant

LONGEST_ADDRESS, LONGEST_CODE, LONGEST_NAME = 500, 40, 60


class Introduction(QWidget):
    """What is to be done, room for messages, and the way back."""

    def __init__(self) -> None:
        super().__init__()
        self._title = words("", "large")
        self._advice = words("", "body")
        self._unsent = words("", "body", "muted")
        self.message_place = QVBoxLayout()
        self.back = ActionButton(self.tr("Back"), "Esc", Variant.GHOST)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for label in (self._title, self._advice, self._unsent):
            label.setWordWrap(True)
            self._column.addWidget(label)
        self._column.addLayout(self.message_place)
        self._column.addStretch(1)
        self._column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self._column.setSpacing(current_theme().tokens.space.m)

    def show_how(self, *, is_again: bool, unsent: str) -> None:
        """`unsent`: how many records the hub does not have; empty for none."""
        again, first = self.tr("Pair this till again"), self.tr("Pair this till with its hub")
        self._title.setText(again if is_again else first)
        self._advice.setText(
            self.tr(
                "Ask the hub for a pairing code: it works once and for ten minutes.\n\n"
                "Scan it, and all is done. Or type the hub's address and the code."
            )
        )
        self._unsent.setText(
            self.tr(
                "{count} records of this till are not at the hub yet. They stay here, are written into a file"
                " as well, and go to the hub once this till is paired."
            ).format(count=unsent)
        )
        self._unsent.setVisible(bool(unsent))

    def show_loading(self) -> None:
        self._title.setText(self.tr("This till is paired"))
        self._advice.setText(
            self.tr("Its shop is being loaded. Sign-on follows by itself once there is something to sell.")
        )
        self._unsent.hide()


class FormPage(QWidget):
    """Enter goes from field to field and pairs from the last."""

    submitted = Signal()
    address_typed = Signal()
    """By hand: what a scan said of the hub no longer holds."""

    def __init__(self) -> None:
        super().__init__()
        self.address = self._field(self.tr("Address of the hub"), LONGEST_ADDRESS)
        self.address.setPlaceholderText("hub.example:8765")
        self.address.textEdited.connect(lambda _text: self.address_typed.emit())
        self.code = self._field(self.tr("Code, as the hub shows it"), LONGEST_CODE)
        self.code.setPlaceholderText("1234 5678")
        self.name = self._field(self.tr("Name of this till"), LONGEST_NAME)
        self.name.setPlaceholderText(self.tr("Empty: the hub gives one"))
        self.fields = (self.address, self.code, self.name)
        self.pair_button = PayButton(self.tr("Pair"), "F2")
        self.pair_button.clicked.connect(self.submitted)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        for field in self.fields:
            field.returnPressed.connect(self._go_on)
            self._column.addWidget(words(field.accessibleName(), "small_strong", "muted"))
            self._column.addWidget(field)
        self._column.addStretch(1)
        self._column.addWidget(self.pair_button)
        self._column.setSpacing(current_theme().tokens.space.s)

    def first_empty(self) -> QLineEdit | None:
        """Of those that are needed."""
        return next((field for field in (self.address, self.code) if not field.text().strip()), None)

    @staticmethod
    def _field(name: str, longest: int) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setMaxLength(longest)
        return field

    def _go_on(self) -> None:
        index = next((i for i, field in enumerate(self.fields) if field.hasFocus()), 0)
        if index + 1 < len(self.fields) and not (self.code.hasFocus() and self.first_empty() is None):
            self.fields[index + 1].setFocus()
        else:
            self.submitted.emit()


class QuestionPage(QWidget):
    """A heading, what is at stake, something to look at in large letters, and two answers."""

    def __init__(self, no: ActionButton, yes: ActionButton) -> None:
        super().__init__()
        self.heading = words("", "title")
        self.text = words("", "body")
        self.shown = QLabel()
        self.shown.setTextFormat(Qt.TextFormat.PlainText)
        self.shown.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        for label in (self.heading, self.text):
            label.setWordWrap(True)
        self.no, self.yes = no, yes
        answers = QHBoxLayout()
        for button in (no, yes):
            answers.addWidget(button, 1)
        _stack(self, (self.heading, self.text, self.shown), answers)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def show_question(self, heading: str, text: str, shown: str = "") -> None:
        self.heading.setText(heading)
        self.text.setText(text)
        self.shown.setText(shown)
        self.shown.setVisible(bool(shown))

    def _on_theme_changed(self) -> None:
        """Digits below each other are compared more surely."""
        size_px = current_theme().tokens.type.title.size_px
        family = QFontInfo(monospace_font(size_px)).family()
        self.shown.setStyleSheet(f"font-family: '{family}'; font-size: {size_px}px;")


class ProgressPage(QWidget):
    """A heading, a bar, and words that change; whoever does not want to wait may go on, or pair anew."""

    def __init__(self) -> None:
        super().__init__()
        self.heading = words("", "title")
        self.doing = words("", "body")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.remark = words("", "body", "muted")
        for label in (self.heading, self.doing, self.remark):
            label.setWordWrap(True)
        self.again = ActionButton(self.tr("Another code"), "Esc")
        self.go_on = ActionButton(self.tr("Go to sign-on"), "F9", Variant.PRIMARY)
        self._ways_on = QHBoxLayout()
        self._ways_on.addWidget(self.again, 1)
        self._ways_on.addWidget(self.go_on, 1)
        _stack(self, (self.heading, self.doing, self.bar, self.remark), self._ways_on)

    def offer_ways_on(self, are_offered: bool) -> None:
        for button in (self.again, self.go_on):
            button.setVisible(are_offered)

    def show_progress(self, heading: str, doing: str, remark: str, share: float | None) -> None:
        """`share` from 0 to 1; None while nobody knows."""
        self.heading.setText(heading)
        self.doing.setText(doing)
        self.remark.setText(remark)
        self.bar.setRange(0, 0 if share is None else 1000)
        self.bar.setValue(round(1000 * (share or 0.0)))


def _stack(page: QWidget, parts: Sequence[QLabel | QProgressBar], answers: QHBoxLayout) -> None:
    """The parts scroll when there is no room for them; the answers stay."""
    space = current_theme().tokens.space
    inside = QWidget()
    inside.setProperty("ground", "surface")
    column = QVBoxLayout(inside)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(space.m)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    scroll = QScrollArea()
    scroll.setWidgetResizable(True)
    scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    scroll.setWidget(inside)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(space.m)
    outer.addWidget(scroll, 1)
    answers.setSpacing(space.s)
    outer.addLayout(answers)
