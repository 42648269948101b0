"""One device as a card: its mark, its name and connection, how it is, and its two buttons."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.state_mark import StateMark

_SIDE_BY_SIDE_FROM = 780
"""Width of the card in pixels at 100 % from which name, state and buttons stand beside each other."""
_TEST_WIDTH, _SET_UP_WIDTH = 150, 110


@dataclass(frozen=True, slots=True)
class CardWords:
    """All that a card shows; `mark` and tones as in `devices_words`."""

    name: str
    kind: str
    address: str = ""
    mark: str = "ring"
    mark_tone: str = "muted"
    state: str = ""
    state_tone: str = "muted"
    status: str = ""
    tested: str = ""
    tested_tone: str = "muted"
    test_caption: str = ""


class DeviceCard(QFrame):
    """Only what differs is painted again when new words come."""

    test_pressed = Signal(str)
    set_up_pressed = Signal(str)
    """The place's name, of both."""

    def __init__(self, device: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.device = device
        self._words: CardWords | None = None
        self.setProperty("ground", "card")
        self._mark = StateMark()
        self._name = _label("strong")
        self._kind, self._address = _label("small", "muted"), _label("small", "muted")
        self._state, self._status = _label("small_strong"), _label("body", "muted")
        self._tested = _label("small", "muted")
        self.test = ActionButton("")
        self.set_up = ActionButton(self.tr("Set up…"))
        for button in (self.test, self.set_up):
            button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.test.clicked.connect(lambda: self.test_pressed.emit(device))
        self.set_up.clicked.connect(lambda: self.set_up_pressed.emit(device))
        self._left = _column(self._name, self._kind, self._address)
        self._middle = _column(self._state, self._status, self._tested)
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.addWidget(self.test)
        self._buttons.addWidget(self.set_up)
        self._grid = QGridLayout(self)
        self._is_wide: bool | None = None
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @property
    def words(self) -> CardWords | None:
        return self._words

    def show_words(self, words: CardWords) -> None:
        if words == self._words:
            return
        self._words = words
        self._mark.show_mark(words.mark, words.mark_tone)
        self._mark.setAccessibleName(words.state)
        for label, text, tone in (
            (self._name, words.name, ""),
            (self._kind, words.kind, "muted"),
            (self._address, words.address, "muted"),
            (self._state, words.state, words.state_tone),
            (self._status, words.status, "muted"),
            (self._tested, words.tested, words.tested_tone),
        ):
            _show(label, text, tone)
        self.test.set_caption(words.test_caption)
        spoken = ", ".join(part for part in (words.name, words.kind, words.state, words.status) if part)
        self.setAccessibleName(spoken)
        self.set_up.setAccessibleName(f"{self.set_up.caption} {words.name}")
        self.test.setAccessibleName(f"{words.test_caption}, {words.name}")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        is_wide = self.width() >= round(_SIDE_BY_SIDE_FROM * current_theme().tokens.scale)
        if is_wide is self._is_wide:
            return
        self._is_wide = is_wide
        grid, layouts = self._grid, (self._left, self._middle, self._buttons)
        grid.removeWidget(self._mark)
        for layout in layouts:
            grid.removeItem(layout)
        alignment = Qt.AlignmentFlag.AlignVCenter if is_wide else Qt.AlignmentFlag.AlignTop
        grid.addWidget(self._mark, 0, 0, alignment)
        grid.addLayout(self._left, 0, 1)
        if is_wide:
            grid.addLayout(self._middle, 0, 2)
            grid.addLayout(self._buttons, 0, 3)
        else:
            grid.addLayout(self._middle, 1, 1)
            grid.addLayout(self._buttons, 0, 3, 2, 1, alignment)
        direction = QBoxLayout.Direction
        self._buttons.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)
        grid.setColumnStretch(1, 10)
        grid.setColumnStretch(2, 9 if is_wide else 0)
        scale = current_theme().tokens.scale
        self.test.setFixedWidth(round(_TEST_WIDTH * scale))
        self.set_up.setFixedWidth(round((_SET_UP_WIDTH if is_wide else _TEST_WIDTH) * scale))

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        space = tokens.space
        self._grid.setContentsMargins(space.l, space.m, space.l, space.m)
        self._grid.setHorizontalSpacing(space.l)
        self._grid.setVerticalSpacing(space.s)
        self._buttons.setSpacing(space.m)
        for column in (self._left, self._middle):
            column.setSpacing(2)
        self._is_wide = None
        self._place()


def _label(style: str, tone: str = "") -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setProperty("type", style)
    if tone:
        label.setProperty("tone", tone)
    label.hide()
    return label


def _column(*labels: QLabel) -> QVBoxLayout:
    column = QVBoxLayout()
    column.addStretch(1)
    for label in labels:
        column.addWidget(label)
    column.addStretch(1)
    return column


def _show(label: QLabel, text: str, tone: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))
    if label.property("tone") != tone:
        label.setProperty("tone", tone)
        label.style().unpolish(label)
        label.style().polish(label)
