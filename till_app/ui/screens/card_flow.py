"""Taking and giving back by card: at the till's own terminal, or keyed by hand on a separate one."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from till_app.domain.catalogue import StaffMember
from till_app.domain.tender import TenderKind, TenderLine
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.shell import ScreenName, Shell
from till_app.ui.widgets.action_button import Variant


class CardFlow(QObject):
    """`settle` takes a tender by an action and completes the sale when nothing is left to pay."""

    def __init__(self, shell: Shell, settle: Callable[[Callable[[], object]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._checkout = shell.services.checkout
        self._cards = shell.services.card_payments
        self._settle = settle

    def take(self, amount_minor: int, *, is_refund: bool) -> None:
        if self._cards.uses_terminal:
            self._begin(amount_minor, is_refund=is_refund)
        elif amount_minor > abs(self._checkout.balance_minor) or amount_minor == 0:
            # The rules say it in words; nothing is keyed on the terminal.
            self._settle(lambda: self._keyed_tender(amount_minor, is_refund=is_refund))
        else:
            self._ask_separate_terminal(amount_minor, is_refund=is_refund)

    def take_back(self, tender: TenderLine, removed: Callable[[], None]) -> None:
        """Of the open sale. `removed` is called when it went back here; the terminal tells on its screen."""
        title = self.tr("Take {amount} back?").format(
            amount=self._shell.formatter.amount(tender.amount_minor)
        )
        is_at_terminal = self._cards.uses_terminal and self._cards.at_terminal(tender.tender_id) is not None
        if tender.kind is TenderKind.CASH:
            text, yes = self.tr("Hand the cash back to the customer."), self.tr("It is done")
        elif is_at_terminal:
            text, yes = self.tr("The card terminal gives it back to the card."), self.tr("Give it back")
        else:
            text, yes = self.tr("Reverse it on the card terminal first."), self.tr("It is done")

        def take_back(approver: StaffMember | None) -> None:
            if is_at_terminal:
                self._cards.begin_reversal(tender.tender_id)
                self._shell.go(ScreenName.CARD_PAYMENT)
            elif self._cards.at_terminal(tender.tender_id) is not None:
                self._cards.given_back_by_hand(tender.tender_id, approver)
            else:
                self._checkout.remove_tender(tender.tender_id)
            removed()

        panel = QuestionPanel(
            title,
            text,
            (Answer("no", self.tr("Keep it"), "Esc"), Answer("yes", yes, "Return", Variant.PRIMARY)),
        )
        panel.answered.connect(lambda name: self._shell.attempt(take_back) if name == "yes" else None)
        self._shell.ask(panel)

    # ------------------------------------------------------------------ inside

    def _begin(self, amount_minor: int, *, is_refund: bool) -> None:
        def begin(_approver: StaffMember | None) -> None:
            if is_refund:
                self._cards.begin_refund(amount_minor)
            else:
                self._cards.begin_purchase(amount_minor)
            self._shell.go(ScreenName.CARD_PAYMENT)

        self._shell.attempt(begin)

    def _ask_separate_terminal(self, amount_minor: int, *, is_refund: bool) -> None:
        title = (
            self.tr("Key the refund on the card terminal")
            if is_refund
            else self.tr("Key it on the card terminal")
        )
        panel = QuestionPanel(
            title,
            self._shell.formatter.amount(amount_minor),
            (
                Answer("declined", self.tr("Declined"), "Esc"),
                Answer("unsure", self.tr("Not sure"), "F8"),
                Answer("approved", self.tr("Approved"), "Return", Variant.PRIMARY),
            ),
            text_style="display",
        )

        def on_answer(name: str) -> None:
            if name == "approved":
                self._settle(lambda: self._keyed_tender(amount_minor, is_refund=is_refund))
            elif name == "unsure":
                self._ask_second_look(amount_minor, is_refund=is_refund)

        panel.answered.connect(on_answer)
        self._shell.ask(panel)

    def _ask_second_look(self, amount_minor: int, *, is_refund: bool) -> None:
        amount = self._shell.formatter.amount(amount_minor)
        title = self.tr("Was {amount} given back?") if is_refund else self.tr("Was {amount} taken?")
        panel = QuestionPanel(
            title.format(amount=amount),
            self.tr(
                "Look at the terminal, or print its last slip: it says whether the payment was approved."
                " Do not key it again before you know."
            ),
            (
                Answer("no", self.tr("No, it was not"), "F9"),
                Answer("yes", self.tr("Yes, it was"), "F8"),
            ),
            width=520,
        )
        # Esc leaves the question open: it is asked again until somebody has looked.
        panel.dismissed.connect(lambda: self._ask_second_look(amount_minor, is_refund=is_refund))
        panel.answered.connect(
            lambda name: (
                self._settle(lambda: self._keyed_tender(amount_minor, is_refund=is_refund))
                if name == "yes"
                else None
            )
        )
        self._shell.ask(panel)

    def _keyed_tender(self, amount_minor: int, *, is_refund: bool) -> TenderLine:
        if is_refund:
            return self._checkout.refund(TenderKind.CARD, amount_minor)
        return self._checkout.pay_card(amount_minor)
