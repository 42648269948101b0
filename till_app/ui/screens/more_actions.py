"""What a cashier needs less often: the drawer, the last receipt, cash in and out, the day's end, the look."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QWidget

from till_app.domain.catalogue import StaffMember
from till_app.domain.sale import Sale
from till_app.domain.session import MovementKind
from till_app.domain.times import from_text
from till_app.ui.appearance import next_scale, toggle_dark
from till_app.ui.panels.cash_movement import CashMovementPanel
from till_app.ui.panels.choose_item import ChoosePanel
from till_app.ui.panels.more import MoreChoice, MorePanel
from till_app.ui.panels.receipt import ReceiptPanel
from till_app.ui.screens.customer_flow import CustomerFlow
from till_app.ui.screens.document_flow import DocumentFlow, has_goods, has_returns
from till_app.ui.screens.label_flow import LabelFlow
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, Variant
from till_app.ui.widgets.choice_list import ChoiceRow
from till_app.ui.widgets.key_hint import key_sequence

_LAST_SALES = 20
_SHORTCUTS_HERE = frozenset(("customer", "stock", "last_receipt", "label", "end_of_day"))
"""The window has those of the others."""


class MoreActions(QObject):
    """The keys of the panel work on the sell screen without opening it."""

    def __init__(self, shell: Shell, customer_flow: CustomerFlow, screen: QWidget) -> None:
        super().__init__(screen)
        self._shell = shell
        self._documents = DocumentFlow(shell, self)
        self.labels = LabelFlow(shell, self)
        self._actions: dict[str, Callable[[], None]] = {
            "customer": customer_flow.begin,
            "stock": self.open_stock,
            "last_receipt": self.ask_which_receipt,
            "label": self.labels.begin,
            "end_of_day": lambda: shell.go(ScreenName.END_OF_DAY),
            "hub": lambda: shell.look_at(ScreenName.SYNC_CENTRE),
            "installer": shell.open_installer,
            "lock": shell.lock,
            "sign_off": self.sign_off,
            "paid_in": lambda: self._ask_movement(MovementKind.PAID_IN),
            "paid_out": lambda: self._ask_movement(MovementKind.PAID_OUT),
            "loan": lambda: self._ask_movement(MovementKind.LOAN),
            "pick_up": lambda: self._ask_movement(MovementKind.PICK_UP),
            "dark": toggle_dark,
            "size": next_scale,
        }
        for choice in self._choices():
            if choice.key_name in _SHORTCUTS_HERE:
                shortcut = QShortcut(key_sequence(choice.shortcut), screen)
                shortcut.setAutoRepeat(False)
                shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(self._actions[choice.key_name])

    def open_panel(self) -> None:
        choices = [each for each in self._choices() if each.key_name != "label" or self.labels.is_possible]
        panel = MorePanel(self.tr("More"), choices)
        panel.chosen.connect(lambda key_name: self._actions[key_name]())
        self._shell.ask(panel)

    def _choices(self) -> list[MoreChoice]:
        tokens = current_theme().tokens
        size = self._shell.formatter.percent(round(tokens.scale * 10_000))
        look = self.tr("Light") if tokens.is_dark else self.tr("Dark")
        return [
            MoreChoice("customer", self.tr("Customer"), "F11", icon="user"),
            MoreChoice("last_receipt", self.tr("Receipts"), "F7", icon="receipt"),
            MoreChoice("end_of_day", self.tr("End of day"), "F10", icon="calculator"),
            MoreChoice("stock", self.tr("Stock"), "Shift+F11", icon="package"),
            MoreChoice("lock", self.tr("Lock"), "F12", icon="lock"),
            MoreChoice("hub", self.tr("Link to the hub"), "Shift+F12", icon="wifi"),
            MoreChoice("installer", self.tr("Set up the till"), "Ctrl+F12", icon="settings"),
            MoreChoice("paid_in", self.tr("Paid in"), icon="plus"),
            MoreChoice("paid_out", self.tr("Paid out"), icon="minus"),
            MoreChoice("sign_off", self.tr("Sign off"), icon="log-out"),
            MoreChoice("loan", self.tr("Loan"), note=self.tr("change brought in"), icon="coins"),
            MoreChoice("pick_up", self.tr("Pick-up"), note=self.tr("cash taken away"), icon="banknote"),
            MoreChoice("size", self.tr("Size"), note=size, icon="search"),
            MoreChoice("label", self.tr("Print a label"), "Shift+F10", icon="tag"),
            MoreChoice("dark", look, "Ctrl+D", icon="sun" if tokens.is_dark else "moon"),
        ]

    # ------------------------------------------------------------------- drawer

    def ask_no_sale(self) -> None:
        reasons = (
            self.tr("Change for a customer"),
            self.tr("Check the drawer"),
            self.tr("Put in a receipt or voucher"),
            self.tr("Something else"),
        )
        rows = [ChoiceRow(reason, reason) for reason in reasons]
        detail = self.tr("It is counted in the reports with its reason.")
        panel = ChoosePanel(self.tr("Open the drawer: why?"), rows, detail, self.tr("Open the drawer"))
        panel.chosen.connect(self._open_drawer)
        self._shell.ask(panel)

    def _open_drawer(self, reason: str) -> None:
        cash_control = self._shell.services.cash_control
        self._shell.attempt(lambda approver: cash_control.no_sale(reason, approver))

    def _ask_movement(self, kind: MovementKind) -> None:
        title, detail = {
            MovementKind.PAID_IN: (
                self.tr("Paid in"),
                self.tr("Cash that goes into the drawer, not for goods."),
            ),
            MovementKind.PAID_OUT: (self.tr("Paid out"), self.tr("Cash that is paid from the drawer.")),
            MovementKind.LOAN: (self.tr("Loan"), self.tr("Change that is brought to this drawer.")),
            MovementKind.PICK_UP: (self.tr("Pick-up"), self.tr("Cash that is taken to the safe.")),
        }[kind]
        panel = CashMovementPanel(title, detail, title, self._shell.formatter)
        panel.accepted.connect(lambda minor, reason: self._move(kind, title, minor, reason))
        self._shell.ask(panel)

    def _move(self, kind: MovementKind, title: str, amount_minor: int, reason: str) -> None:
        def action(approver: StaffMember | None) -> None:
            self._shell.services.cash_control.move(kind, amount_minor, reason, approver)
            amount = self._shell.formatter.amount(amount_minor)
            self._shell.say(Tone.GOOD, self.tr("{what}: {amount}").format(what=title, amount=amount))

        self._shell.attempt(action)

    # ----------------------------------------------------------------- receipts

    def ask_which_receipt(self) -> None:
        """The latest sales of this till, newest first."""
        sales = {sale.uuid: sale for sale in self._shell.services.ledger.latest_sales(_LAST_SALES)}
        if not sales:
            self._shell.say(Tone.INFO, self.tr("Nothing has been sold on this till yet"))
            return
        panel = ChoosePanel(
            self.tr("Receipts"), [self._sale_row(sale) for sale in sales.values()], "", self.tr("Show")
        )
        panel.chosen.connect(lambda uuid: self._show_sale(sales[uuid]))
        self._shell.ask(panel)

    def _sale_row(self, sale: Sale) -> ChoiceRow:
        formatter = self._shell.formatter
        detail = f"{formatter.date_and_time(from_text(sale.completed_at))} · {sale.operator_name}"
        return ChoiceRow(sale.uuid, sale.receipt_number, detail, formatter.amount(sale.total_minor))

    def _show_sale(self, sale: Sale) -> None:
        receipts = self._shell.services.receipts
        panel = ReceiptPanel(receipts.title(sale), receipts.receipt(sale))
        others: list[tuple[ActionButton, Callable[[Sale], None]]] = []
        if has_goods(sale):
            others.append((self._documents.gift_button(), self._documents.gift_receipt))
            others.append((self._documents.pick_up_button(), self._documents.pick_up_slip))
        if has_returns(sale):
            others.append((self._documents.credit_button(), self._documents.credit_note))
        for button, act in others:
            panel.add_button(button).clicked.connect(panel.close_panel)
            button.clicked.connect(lambda _checked=False, act=act: act(sale))
        copy = panel.add_button(ActionButton(self.tr("Print a copy"), "F7", Variant.PRIMARY, icon="printer"))
        copy.clicked.connect(panel.close_panel)
        copy.clicked.connect(lambda: self._print_copy(sale))
        self._shell.ask(panel)

    def _print_copy(self, sale: Sale) -> None:
        def action(_approver: StaffMember | None) -> None:
            job = self._shell.services.reprints.reprint(sale)
            self._shell.delivered(
                job.document, self.tr("A copy is printing: {title}").format(title=job.title)
            )

        self._shell.attempt(action)

    def open_stock(self) -> None:
        """Once for the visit, not for each count, a supervisor's PIN where one is needed."""

        def action(approver: StaffMember | None) -> None:
            self._shell.services.stock_taking.begin(approver)
            self._shell.go(ScreenName.STOCK)

        self._shell.attempt(action)

    def sign_off(self) -> None:
        self._shell.services.customers.forget_waiting()
        if self._shell.attempt(lambda _approver: self._shell.services.sign_on.sign_off()):
            self._shell.go(ScreenName.SIGN_ON)
