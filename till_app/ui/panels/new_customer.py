"""Asks for a new customer: a name, and what else the customer wants to give."""

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from till_app.services.customers import LONGEST_FIELD, LONGEST_NAME, LONGEST_NOTE
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.overlay_panel import OverlayPanel


@dataclass(frozen=True, slots=True)
class CustomerAsked:
    """As typed."""

    name: str
    phone: str
    email: str
    address: tuple[str, ...]
    note: str


class NewCustomerPanel(OverlayPanel):
    """Enter goes from field to field and saves from the last; F2 saves from anywhere. It stays open until
    what was typed is accepted: nothing is typed twice."""

    accepted = Signal(object)
    """CustomerAsked."""

    def __init__(self, typed: str = "", parent: QWidget | None = None) -> None:
        """`typed`: what was searched for; it goes where it fits."""
        body = QWidget()
        super().__init__(self.tr("New customer"), body, width=560, parent=parent)
        self.name = self._field(self.tr("Name"), LONGEST_NAME)
        self.name.setPlaceholderText(self.tr("Needed; the rest as the customer likes"))
        self.phone = self._field(self.tr("Phone"), LONGEST_FIELD)
        self.email = self._field(self.tr("E-mail"), LONGEST_FIELD)
        self.address = self._field(self.tr("Address"), LONGEST_FIELD)
        self.address.setPlaceholderText(self.tr("Parts with commas between"))
        self.note = self._field(self.tr("Note"), LONGEST_NOTE)
        self._fields = (self.name, self.phone, self.email, self.address, self.note)
        space = current_theme().tokens.space
        form = QGridLayout(body)
        form.setContentsMargins(0, 0, 0, 0)
        form.setVerticalSpacing(space.s)
        form.setHorizontalSpacing(space.m)
        for row, field in enumerate(self._fields):
            label = QLabel(field.accessibleName())
            label.setProperty("tone", "muted")
            form.addWidget(label, row, 0)
            form.addWidget(field, row, 1)
            field.returnPressed.connect(self._go_on)
        body.setFocusProxy(self.name)
        self._place(typed)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        save = self.add_button(ActionButton(self.tr("Save customer"), "F2", Variant.PRIMARY))
        save.clicked.connect(self.submit)

    def submit(self) -> None:
        """Without a name it asks for one."""
        if not self.name.text().strip():
            self.name.setFocus()
            return
        parts = (part.strip() for part in self.address.text().split(","))
        self.accepted.emit(
            CustomerAsked(
                self.name.text(),
                self.phone.text(),
                self.email.text(),
                tuple(part for part in parts if part),
                self.note.text(),
            )
        )

    @staticmethod
    def _field(name: str, longest: int) -> QLineEdit:
        field = QLineEdit()
        field.setAccessibleName(name)
        field.setMaxLength(longest)
        return field

    def _place(self, typed: str) -> None:
        if "@" in typed:
            self.email.setText(typed)
        elif typed and all(character in "+0123456789 -()" for character in typed):
            self.phone.setText(typed)
        else:
            self.name.setText(typed)

    def _go_on(self) -> None:
        index = next((i for i, field in enumerate(self._fields) if field.hasFocus()), 0)
        if index + 1 < len(self._fields):
            self._fields[index + 1].setFocus()
        else:
            self.submit()
