"""The card terminal's own end of day, as a button of the till's."""

from PySide6.QtCore import QObject

from till_app.domain.catalogue import StaffMember
from till_app.ui.shell import Shell, Tone
from till_app.ui.widgets.action_button import ActionButton


class TerminalSettlement(QObject):
    def __init__(self, shell: Shell, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._cards = shell.services.card_payments
        self._is_under_way = False
        self.button = ActionButton("", "F6", icon="credit-card")
        self.button.clicked.connect(self.on_press)

    def read(self) -> None:
        self.button.setVisible(self._cards.uses_terminal)
        self.button.setEnabled(not self._is_under_way)
        self.button.set_caption(
            self.tr("Card terminal: settling…") if self._is_under_way else self.tr("Card terminal: settle")
        )

    def on_press(self) -> None:
        def settle(approver: StaffMember | None) -> None:
            self._cards.settle_terminal(approver)
            self._is_under_way = True
            self.read()

        self._shell.attempt(settle)

    def payment_heard(self) -> None:
        """The terminal said something."""
        settled = self._cards.last_settled
        if settled is None or not self._is_under_way:
            return
        self._is_under_way = False
        self.read()
        if not settled.is_done:
            words = self.tr("The card terminal did not settle\n{reason}")
            reason = settled.words or self.tr("Look at its screen, then try again.")
            self._shell.say(Tone.WARNING, words.format(reason=reason))
        elif self._cards.last_slip is not None:
            self._shell.delivered(
                self._cards.last_slip,
                self.tr("The card terminal has settled\nIts slip is on its way to the printer."),
            )
        else:
            self._shell.say(Tone.GOOD, self.tr("The card terminal has settled"))
