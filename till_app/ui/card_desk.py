"""Takes what the card terminal says into the till and onto the screen; lists what is to be put right."""

from PySide6.QtCore import QObject, Signal

from till_app.domain.catalogue import StaffMember
from till_app.services.device_settings import DeviceId
from till_app.services.device_status import DeviceHealth, PaymentAnswer
from till_app.services.ports import LedgerUnavailable, PaymentAttempt, PaymentPurpose
from till_app.ui.bridge import Bridge
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.terminal_words import (
    surprise_words,
    terminal_details,
    without_sale_words,
)
from till_app.ui.widgets.action_button import Variant
from till_app.ui.words import words_of_disk


class CardDesk(QObject):
    """Lives as long as the window."""

    changed = Signal()
    """Whatever is shown of card payments is to be read again."""

    def __init__(self, shell: Shell, bridge: Bridge, parent: QObject) -> None:
        super().__init__(parent)
        self._shell = shell
        self._cards = shell.services.card_payments
        self._is_stopped = False
        bridge.payment_changed.connect(self._on_news)
        bridge.device_changed.connect(self._on_health)

    def stop(self) -> None:
        """Hear no more: the ledger is about to be closed. What comes now is asked about after the start."""
        self._is_stopped = True

    def show_details(self) -> None:
        """What the terminal's pill means, and what to do about it."""
        lost = next(iter(self._cards.without_sale), None)
        if lost is None:
            self._shell.say(Tone.WARNING, terminal_details(self._cards))
        elif self._cards.pending is None and self._shell.services.workplace.operator is not None:
            self._ask_to_give_back(lost)

    def _on_news(self, news: object) -> None:
        if self._is_stopped:
            return
        before = self._cards.last_ended
        try:
            self._cards.heard(news)
        except LedgerUnavailable as error:
            self._shell.say(Tone.BAD, words_of_disk(error.code))
        ended = self._cards.last_ended
        is_answer = isinstance(news, PaymentAnswer)
        self.changed.emit()
        if is_answer and ended is not None and ended is not before and ended.is_surprise:
            self._shell.say(Tone.WARNING, surprise_words(ended, self._shell.formatter))

    def _on_health(self, health: DeviceHealth) -> None:
        if health.device == DeviceId.TERMINAL:
            self.changed.emit()

    def _ask_to_give_back(self, payment: PaymentAttempt) -> None:
        title, _line_end, detail = without_sale_words(payment, self._shell.formatter).partition("\n")
        answers = [Answer("later", self.tr("Later"), "Esc")]
        by_hand = self.tr("It was put right by hand")
        if payment.purpose is PaymentPurpose.REFUND:
            by_hand = self.tr("It was taken back by hand")
        answers.append(Answer("by_hand", by_hand, "F8"))
        if self._cards.uses_terminal and self._cards.at_terminal(payment.attempt_id) is not None:
            answers.append(Answer("reverse", self.tr("Undo it on the terminal"), "F5", Variant.PRIMARY))
        panel = QuestionPanel(title, detail, answers, width=640)
        panel.answered.connect(lambda name: self._on_answer(name, payment))
        self._shell.ask(panel)

    def _on_answer(self, name: str, payment: PaymentAttempt) -> None:
        def reverse(_approver: StaffMember | None) -> None:
            self._cards.begin_reversal(payment.attempt_id)
            self._shell.go(ScreenName.CARD_PAYMENT)

        if name == "reverse":
            self._shell.attempt(reverse)
        elif name == "by_hand":
            self._ask_whether_certain(payment)

    def _ask_whether_certain(self, payment: PaymentAttempt) -> None:
        def settle(approver: StaffMember | None) -> None:
            self._cards.given_back_by_hand(payment.attempt_id, approver)
            self.changed.emit()

        panel = QuestionPanel(
            self.tr("Are you sure that it was put right?"),
            self.tr("Look at the terminal's slip. Your answer is kept with your name."),
            [
                Answer("look", self.tr("Look again"), "Esc"),
                Answer("certain", self.tr("It was put right"), "F10", Variant.PRIMARY),
            ],
        )
        panel.answered.connect(lambda name: self._shell.attempt(settle) if name == "certain" else None)
        self._shell.ask(panel)
