"""What is needed less often: a panel of buttons, each with its key, that closes and then does it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.overlay_panel import OverlayPanel

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class MoreChoice:
    """`key_name` comes back by the signal; `shortcut` is a key in portable form."""

    key_name: str
    caption: str
    shortcut: str = ""
    note: str = ""
    icon: str = ""


class MorePanel(OverlayPanel):
    chosen = Signal(str)

    def __init__(self, title: str, choices: Sequence[MoreChoice], parent: QWidget | None = None) -> None:
        body = QWidget()
        super().__init__(title, body, width=560, parent=parent)
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(current_theme().tokens.space.s)
        self.buttons: dict[str, ActionButton] = {}
        for index, choice in enumerate(choices):
            button = ActionButton(choice.caption, choice.shortcut, note=choice.note, icon=choice.icon)
            button.clicked.connect(lambda _checked=False, name=choice.key_name: self.choose(name))
            # As tall as those beside it that say more.
            button.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.MinimumExpanding)
            grid.addWidget(button, index // _COLUMNS, index % _COLUMNS)
            self.buttons[choice.key_name] = button
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)

    def choose(self, key_name: str) -> None:
        self.close_panel()
        self.chosen.emit(key_name)
