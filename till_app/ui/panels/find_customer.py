"""Finds a customer by what is typed: name, code, phone or e-mail."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import Customer
from till_app.ui.formatting import Formatter
from till_app.ui.panels.find_panel import FindPanel
from till_app.ui.presenting import customer_choice
from till_app.ui.widgets.action_button import ActionButton
from till_app.ui.widgets.choice_list import ChoiceRow


class FindCustomerPanel(FindPanel):
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
        super().__init__(
            self.tr("Customer"),
            self.tr("Name, code, phone or e-mail"),
            self.tr("Search for a customer"),
            parent,
        )
        self._search = search
        self._formatter = formatter
        self._found: dict[str, Customer] = {}
        new = self.add_button(ActionButton(self.tr("New customer"), "F2", icon="plus"))
        new.clicked.connect(self._on_new)
        self.add_take(self.tr("Choose"))
        self.show_found()

    def rows_for(self, text: str) -> Sequence[ChoiceRow]:
        found = self._search(text)
        self._found = {customer.customer_id: customer for customer in found}
        return [customer_choice(customer, self._formatter) for customer in found]

    def empty_words(self, text: str) -> str:
        return self.tr("Nobody found: F2 makes a new customer") if text else self.tr("Type who it is")

    def choose(self, key: str) -> None:
        customer = self._found[key]
        self.close_panel()
        self.chosen.emit(customer)

    def _on_new(self) -> None:
        text = self.field.text().strip()
        self.close_panel()
        self.new_wanted.emit(text)
