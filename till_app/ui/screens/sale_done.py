"""After the sale: the change in large figures until the next customer, and the receipt."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from till_app.domain.sale import Sale
from till_app.ui.screens.document_flow import DocumentFlow, has_goods, has_returns
from till_app.ui.screens.parts import messages_over, words
from till_app.ui.shell import ScreenName, Shell
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton
from till_app.ui.widgets.fitted_label import FittedLabel

CENTER = Qt.AlignmentFlag.AlignCenter


class SaleDoneScreen(QWidget):
    """The next scan begins the next sale; nothing has to be pressed."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._services = shell.services
        self._what = words("", "large", "muted")
        self._what.setAlignment(CENTER)
        self._amount = FittedLabel("", "hero", "saving", CENTER)
        self._detail = words("", "title", "muted")
        self._detail.setAlignment(CENTER)
        self._next = PayButton(self.tr("Next customer"), "Space")
        self._next.clicked.connect(lambda: self._shell.go(ScreenName.SELL))
        show = ActionButton(self.tr("Show the receipt"), "F5", icon="receipt")
        show.clicked.connect(self.on_show_receipt)
        reprint = ActionButton(self.tr("Print a copy"), "F7", icon="printer")
        reprint.clicked.connect(self.on_reprint)
        self._flow = DocumentFlow(shell, self)
        self.gift = self._flow.gift_button()
        self.gift.clicked.connect(lambda: self._with_sale(self._flow.gift_receipt))
        self.pick_up = self._flow.pick_up_button()
        self.pick_up.clicked.connect(lambda: self._with_sale(self._flow.pick_up_slip))
        self.credit = self._flow.credit_button()
        self.credit.clicked.connect(lambda: self._with_sale(self._flow.credit_note))
        self._buttons = QVBoxLayout()
        self._rows = (QHBoxLayout(), QHBoxLayout())
        for row, buttons in zip(
            self._rows, ((show, reprint), (self.gift, self.pick_up, self.credit)), strict=True
        ):
            self._buttons.addLayout(row)
            for button in buttons:
                row.addWidget(button, 1)
        column = QWidget()
        self._layout = QVBoxLayout(column)
        self._layout.addStretch(2)
        for widget in (self._what, self._amount, self._detail):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        self._layout.addWidget(self._next)
        self._layout.addLayout(self._buttons)
        self._layout.addStretch(1)
        page = QWidget()
        outer = QHBoxLayout(page)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addStretch(1)
        outer.addWidget(column, 2)
        outer.addStretch(1)
        self.message_place = messages_over(self, page)
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    @property
    def amount_text(self) -> str:
        return self._amount.text

    def entered(self) -> None:
        completed = self._services.checkout.last_completed
        if completed is None:
            self._shell.go(ScreenName.SELL)
            return
        sale, formatter = completed.sale, self._shell.formatter
        if sale.total_minor < 0:
            self._what.setText(self.tr("Given back"))
            self._amount.set_text(formatter.amount(-sale.total_minor))
        elif sale.change_minor:
            self._what.setText(self.tr("Change due"))
            self._amount.set_text(formatter.amount(sale.change_minor))
        else:
            self._what.setText(self.tr("Paid"))
            self._amount.set_text(formatter.amount(sale.total_minor))
        detail = self.tr("Receipt {number} · total {total}").format(
            number=sale.receipt_number, total=formatter.amount(sale.total_minor)
        )
        self._detail.setText(detail)
        self.gift.setVisible(has_goods(sale))
        self.pick_up.setVisible(has_goods(sale))
        self.credit.setVisible(has_returns(sale))
        self._next.setFocus()

    def scanned(self, text: str) -> None:
        self._shell.go(ScreenName.SELL)
        self._shell.scan(text)

    def on_show_receipt(self) -> None:
        self._with_sale(lambda sale: self._shell.show_receipt(self._services.receipts.receipt(sale)))

    def on_reprint(self) -> None:
        self._with_sale(lambda sale: self._shell.attempt(lambda _approver: self._reprint(sale)))

    def _with_sale(self, act: Callable[[Sale], object]) -> None:
        completed = self._services.checkout.last_completed
        if completed is not None:
            act(completed.sale)

    def _reprint(self, sale: Sale) -> None:
        job = self._services.reprints.reprint(sale)
        self._shell.delivered(job.document, self.tr("A copy is on its way to the printer."))

    def _on_theme_changed(self) -> None:
        space = current_theme().tokens.space
        self._layout.setSpacing(space.m)
        self._buttons.setSpacing(space.m)
        for row in self._rows:
            row.setSpacing(space.m)
