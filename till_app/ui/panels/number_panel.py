"""A panel that asks for one number: its display, a pad, and the two answers."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.amount_entry import NumberEntry
from till_app.ui.widgets.num_pad import NumPad, PadCorner
from till_app.ui.widgets.overlay_panel import OverlayPanel


class NumberPanel(OverlayPanel):
    """Enter takes the number, Esc leaves everything as it was."""

    accepted = Signal(object)
    """The number, an int in the entry's unit."""

    def __init__(
        self,
        title: str,
        entry: NumberEntry,
        accept_caption: str,
        *,
        detail: str = "",
        corner: PadCorner = PadCorner.POINT,
        above: QWidget | None = None,
        beside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """`above` stands over the display, such as choices that change what the number means; `beside` at
        its left, such as what a device says of the number."""
        body = QWidget()
        body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        width = 380 if beside is None else 720
        super().__init__(title, body, detail=detail, width=width, parent=parent)
        self.entry = entry
        self.pad = NumPad(corner)
        self.pad.key_pressed.connect(entry.press)
        space = current_theme().tokens.space
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(space.l)
        if beside is not None:
            row.addWidget(beside, 1)
        column = QVBoxLayout()
        column.setSpacing(space.m if beside is None else space.s)
        row.addLayout(column, 1)
        if above is not None:
            column.addWidget(above)
        column.addWidget(entry)
        column.addWidget(self.pad, 1)
        tokens = current_theme().tokens
        self.pad.setMinimumHeight(4 * tokens.height.touch)
        body.setFocusProxy(entry)
        self.back = self.add_button(ActionButton(self.tr("Back"), "Esc"))
        self.back.clicked.connect(self.dismiss)
        self.accept_button = self.add_button(ActionButton(accept_caption, "Return", Variant.PRIMARY))
        self.accept_button.clicked.connect(self.submit)
        entry.submitted.connect(self.submit)
        entry.changed.connect(self._on_changed)
        self._on_changed(entry.value)

    def submit(self) -> None:
        """Does nothing while no number is keyed."""
        value = self.entry.value
        if value is not None:
            self.close_panel()
            self.accepted.emit(value)

    def _on_changed(self, value: int | None) -> None:
        self.accept_button.setEnabled(value is not None)
