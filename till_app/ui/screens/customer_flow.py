"""Who buys: find and name a customer, make a new one, take the name off the basket again."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from till_app.domain.catalogue import Customer, StaffMember
from till_app.ui.panels.find_customer import FindCustomerPanel
from till_app.ui.panels.new_customer import CustomerAsked, NewCustomerPanel
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.presenting import balance_words
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import Variant

_MOST_FOUND = 30


class CustomerFlow(QObject):
    """`on_changed` shows basket and prices again."""

    def __init__(self, shell: Shell, on_changed: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._on_changed = on_changed

    def begin(self) -> None:
        """Find one, or say what may be done about the one who is named already."""
        if self._shell.services.selling.customer is None:
            self._find()
        else:
            self._ask_about_current()

    def _find(self) -> None:
        panel = FindCustomerPanel(self._search, self._shell.formatter)
        panel.chosen.connect(self._attach)
        panel.new_wanted.connect(self._ask_new)
        self._shell.ask(panel)

    def _search(self, text: str) -> Sequence[Customer]:
        found: list[Customer] = []

        def action(_approver: StaffMember | None) -> None:
            found.extend(self._shell.services.customers.search(text, _MOST_FOUND))

        self._shell.attempt(action)
        return found

    def _ask_about_current(self) -> None:
        named = self._shell.services.selling.customer
        if named is None:
            return
        known = self._shell.services.customers.current
        panel = QuestionPanel(
            named.name,
            _about(known, balance_words(known, self._shell.formatter)) if known else "",
            [
                Answer("back", self.tr("Back"), "Esc"),
                Answer("remove", self.tr("Take off the sale"), "Del"),
                Answer("other", self.tr("Another customer"), "F11", Variant.PRIMARY),
            ],
        )
        panel.answered.connect(self._on_answer)
        self._shell.ask(panel)

    def _on_answer(self, answer: str) -> None:
        if answer == "other":
            self._find()
        elif answer == "remove" and self._shell.attempt(
            lambda _approver: self._shell.services.customers.detach()
        ):
            self._on_changed()

    def _attach(self, customer: Customer) -> None:
        if self._shell.attempt(lambda _approver: self._shell.services.customers.attach(customer)):
            self._on_changed()

    def _ask_new(self, typed: str) -> None:
        panel = NewCustomerPanel(typed)
        panel.accepted.connect(lambda asked: self._add(panel, asked))
        self._shell.ask(panel)

    def _add(self, panel: NewCustomerPanel, asked: CustomerAsked) -> None:
        added: list[Customer] = []

        def action(_approver: StaffMember | None) -> None:
            customer = self._shell.services.customers.add(
                asked.name, email=asked.email, phone=asked.phone, address=asked.address, note=asked.note
            )
            added.append(customer)

        if self._shell.attempt(action):
            panel.close_panel()
            self._attach(added[0])
            self._shell.say(Tone.GOOD, self.tr("New customer: {name}").format(name=added[0].name))


def _about(customer: Customer, balance: str) -> str:
    lines = (
        balance,
        customer.customer_code,
        customer.phone,
        customer.email,
        *customer.address,
        customer.note,
    )
    return "\n".join(line for line in lines if line)
