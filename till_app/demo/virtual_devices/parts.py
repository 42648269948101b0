"""What the cards of the virtual devices are made of: a frame with a title, switches, rows of buttons."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from till_app.ui.theme.theme import current_theme
from till_app.ui.translation import tr

Choice = TypeVar("Choice")

_CONTEXT = "VirtualDevices"


class VirtualCard(QFrame):
    """One device: its name, whether its cable is in, and what a subclass puts below."""

    def __init__(self, title: str, plug: Callable[[bool], None] | None = None) -> None:
        super().__init__()
        self.setProperty("ground", "card")
        self.column = QVBoxLayout(self)
        head = QHBoxLayout()
        self.setAccessibleName(title)
        head.addWidget(label(title, "strong"), 1)
        self.plugged_in = QCheckBox(tr(_CONTEXT, "Plugged in"))
        self.plugged_in.setChecked(True)
        if plug is not None:
            self.plugged_in.toggled.connect(plug)
        else:
            self.plugged_in.hide()
        head.addWidget(self.plugged_in)
        self.column.addLayout(head)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        current_theme().changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    def look(self) -> None:
        """What the device did since the last look; several times a second."""

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self.column.setContentsMargins(space.m, space.xs, space.m, space.m)
        self.column.setSpacing(space.s)


class Switches(QWidget):
    """Buttons of which one is down."""

    def __init__(
        self, choices: Sequence[tuple[Choice, str]], on_chosen: Callable[[Choice], None], columns: int = 2
    ) -> None:
        super().__init__()
        self.buttons: dict[object, QPushButton] = {}
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(current_theme().tokens.space.xs)
        for index, (value, words) in enumerate(choices):
            button = small_button(words, partial(on_chosen, value))
            button.setCheckable(True)
            button.setChecked(index == 0)
            self._group.addButton(button)
            grid.addWidget(button, index // columns, index % columns)
            self.buttons[value] = button

    @property
    def chosen(self) -> object:
        return next(value for value, button in self.buttons.items() if button.isChecked())

    def show_chosen(self, value: object) -> None:
        """Without telling anybody."""
        self.buttons[value].setChecked(True)


def small_button(words: str, pressed: Callable[[], object]) -> QPushButton:
    button = QPushButton(words)
    button.setProperty("compact", "true")
    button.setAutoDefault(False)
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    button.clicked.connect(lambda _checked=False: pressed())
    return button


def number_box(least: int, most: int, value: int, unit: str) -> QSpinBox:
    box = QSpinBox()
    box.setRange(least, most)
    box.setValue(value)
    box.setSuffix(f" {unit}")
    return box


def row_of(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(current_theme().tokens.space.xs)
    for widget in widgets:
        row.addWidget(widget)
    return row


def label(text: str, style: str = "small", tone: str = "") -> QLabel:
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("type", style)
    if tone:
        made.setProperty("tone", tone)
    return made


def window_style() -> str:
    """Of the window, over the application's: buttons that are down, and not as high as at the till."""
    tokens = current_theme().tokens
    colours, space = tokens.colours, tokens.space
    return f"""
QPushButton[compact="true"] {{
    min-height: {tokens.height.icon + space.s}px; padding: 0 {space.s}px; font-weight: 500;
    font-size: {tokens.type.small.size_px}px;
}}
QPushButton[compact="true"]:checked {{
    background: {colours.accent_soft}; color: {colours.on_accent_soft};
    border: {tokens.hairline + 1}px solid {colours.accent};
}}
QCheckBox {{ min-height: {tokens.height.icon + space.s}px; font-size: {tokens.type.small.size_px}px; }}
QSpinBox, QLineEdit {{ min-height: {tokens.height.icon + space.m}px; padding: 0 {space.s}px; }}
QSpinBox {{ min-width: {3 * tokens.height.icon}px; max-width: {3 * tokens.height.icon}px; }}
QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
QSpinBox QLineEdit {{ min-height: 0; padding: 0; margin: 0; border: none; background: transparent; }}
QLabel#glass {{
    background: #06231d; color: #5cf2c8; border-radius: {tokens.radius.s}px; padding: {space.s}px;
}}
"""
