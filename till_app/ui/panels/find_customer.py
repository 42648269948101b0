"""Finds a customer by what is typed: name, code, phone or e-mail."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from till_app.domain.catalogue import Customer
from till_app.ui.formatting import Formatter
from till_app.ui.presenting import customer_choice
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceList
from till_app.ui.widgets.overlay_panel import OverlayPanel

_PAUSE_MS = 60
_ROWS_SEEN = 5
_MOVING = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class FindCustomerPanel(OverlayPanel):
    """Typing searches, up and down move, Enter takes the highlighted one."""

    chosen = Signal(object)
    """Customer."""
    new_wanted = Signal(str)
    """Somebody who is not on file; the text that was typed."""

    def __init__(
        self,
        search: Callable[[str], Sequence[Customer]],
        formatter: Formatter,
        parent: QWidget | None = None,
    ) -> None:
        body = QWidget()
        super().__init__(self.tr("Customer"), body, width=560, parent=parent)
        self._search = search
        self._formatter = formatter
        self._found: dict[str, Customer] = {}
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.show_found)
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Name, code, phone or e-mail"))
        self.field.setAccessibleName(self.tr("Search for a customer"))
        self.field.textEdited.connect(lambda _text: self._pause.start())
        self.field.returnPressed.connect(self.accept)
        self.field.installEventFilter(self)
        self.list = ChoiceList()
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.choice_made.connect(self.choose)
        tokens = current_theme().tokens
        self.list.setFixedHeight(_ROWS_SEEN * round(tokens.height.touch * 1.05))
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(tokens.space.m)
        column.addWidget(self.field)
        column.addWidget(self.list)
        body.setFocusProxy(self.field)
        self.add_button(ActionButton(self.tr("Back"), "Esc")).clicked.connect(self.dismiss)
        new = self.add_button(ActionButton(self.tr("New customer"), "F2", icon="plus"))
        new.clicked.connect(self._on_new)
        self.take = self.add_button(ActionButton(self.tr("Choose"), "Return", Variant.PRIMARY))
        self.take.clicked.connect(self.accept)
        self.show_found()

    def show_found(self) -> None:
        """Who fits what stands in the field now."""
        self._pause.stop()
        text = self.field.text().strip()
        found = self._search(text) if text else ()
        self._found = {customer.customer_id: customer for customer in found}
        self.list.set_empty_text(
            self.tr("Nobody found: F2 makes a new customer") if text else self.tr("Type who it is")
        )
        rows = [customer_choice(customer, self._formatter) for customer in found]
        self.list.show_rows(rows, 0 if rows else None)
        self.take.setEnabled(bool(rows))

    def accept(self) -> None:
        """Takes the highlighted one, of those that fit what stands in the field now."""
        if self._pause.isActive():
            self.show_found()
        row = self.list.current_row
        if row is not None:
            self.choose(row.key)

    def choose(self, customer_id: str) -> None:
        customer = self._found[customer_id]
        self.close_panel()
        self.chosen.emit(customer)

    def _on_new(self) -> None:
        text = self.field.text().strip()
        self.close_panel()
        self.new_wanted.emit(text)

    def hideEvent(self, event: QHideEvent) -> None:
        """A search that was still to come is not made once nobody looks."""
        self._pause.stop()
        super().hideEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if key in _MOVING and self.list.move_by_key(key):
                return True
        return super().eventFilter(watched, event)
