"""Prints what a sale needs besides its receipt: asks what is to be on it, and says that it is on its way."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from till_app.domain.sale import Sale
from till_app.services.ports import PrintJob
from till_app.ui.panels.gift_receipt import GiftReceiptPanel
from till_app.ui.shell import Shell
from till_app.ui.widgets.action_button import ActionButton


class DocumentFlow(QObject):
    """The same buttons, with the same keys, wherever a sale is shown."""

    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell

    def gift_button(self) -> ActionButton:
        return ActionButton(self.tr("Gift receipt"), "F2", icon="receipt")

    def pick_up_button(self) -> ActionButton:
        return ActionButton(self.tr("Pick-up slip"), "Shift+F2", icon="package")

    def credit_button(self) -> ActionButton:
        return ActionButton(self.tr("Credit note"), "F9", icon="undo-2")

    def gift_receipt(self, sale: Sale) -> None:
        """Of which goods is asked when there are several."""
        lines = [line for line in sale.lines if line.quantity_milli > 0]
        if len(lines) < 2:
            self._print(lambda: self._shell.services.documents.gift_receipt(sale))
            return
        panel = GiftReceiptPanel(lines, self._shell.formatter)
        panel.accepted.connect(
            lambda chosen: self._print(lambda: self._shell.services.documents.gift_receipt(sale, chosen))
        )
        self._shell.ask(panel)

    def pick_up_slip(self, sale: Sale) -> None:
        self._print(lambda: self._shell.services.documents.pick_up_slip(sale))

    def credit_note(self, sale: Sale) -> None:
        self._print(lambda: self._shell.services.documents.credit_note(sale))

    def _print(self, make: Callable[[], PrintJob]) -> None:
        def action(_approver: object) -> None:
            job = make()
            self._shell.delivered(
                job.document, self.tr("On its way to the printer: {title}").format(title=job.title)
            )

        self._shell.attempt(action)


def has_goods(sale: Sale) -> bool:
    """Whether something was bought."""
    return any(line.quantity_milli > 0 for line in sale.lines)


def has_returns(sale: Sale) -> bool:
    return any(line.quantity_milli < 0 for line in sale.lines)
