"""Asks for cash that goes into or out of the drawer outside a sale: how much, and why."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from till_app.ui.formatting import Formatter
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.amount_entry import AmountEntry
from till_app.ui.widgets.num_pad import NumPad, PadCorner
from till_app.ui.widgets.overlay_panel import OverlayPanel


class CashMovementPanel(OverlayPanel):
    accepted = Signal(object, str)
    """The amount in minor units, positive, and the reason."""

    def __init__(
        self,
        title: str,
        detail: str,
        accept_caption: str,
        formatter: Formatter,
        parent: QWidget | None = None,
    ) -> None:
        body = QWidget()
        body.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        super().__init__(title, body, detail=detail, width=400, parent=parent)
        tokens = current_theme().tokens
        self.entry = AmountEntry(formatter)
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(self.tr("Why? For example: window cleaner"))
        self.reason.setAccessibleName(self.tr("Reason"))
        self.reason.returnPressed.connect(self.submit)
        pad = NumPad(PadCorner.DOUBLE_ZERO)
        pad.setMinimumHeight(4 * tokens.height.touch)
        pad.key_pressed.connect(self.entry.press)
        self.entry.submitted.connect(self.reason.setFocus)
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.space.m)
        column.addWidget(self.entry)
        column.addWidget(self.reason)
        column.addWidget(pad, 1)
        body.setFocusProxy(self.entry)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        accept = self.add_button(ActionButton(accept_caption, "Return", Variant.PRIMARY))
        accept.clicked.connect(self.submit)

    def submit(self) -> None:
        amount_minor, reason = self.entry.value, self.reason.text()
        if amount_minor is None:
            self.entry.setFocus()
            return
        if not reason.strip():
            self.reason.setFocus()
            return
        self.close_panel()
        self.accepted.emit(amount_minor, reason)
