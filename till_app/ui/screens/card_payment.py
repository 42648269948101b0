"""A card payment at this till's terminal, from the first word of the terminal to the way on."""

from PySide6.QtCore import QElapsedTimer, Qt, QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from till_app.domain.catalogue import StaffMember
from till_app.services.device_status import PaymentQuestion
from till_app.services.payment_views import EndedPayment, PaymentPhase, PendingPayment
from till_app.services.ports import PaymentAttempt, PaymentPurpose, PaymentState
from till_app.ui.panels.question import Answer, QuestionPanel
from till_app.ui.screens.card_pages import EndedPage, UnknownPage, WaitingPage
from till_app.ui.screens.parts import messages_over
from till_app.ui.shell import ScreenName, Shell, Tone
from till_app.ui.terminal_words import certain_title, is_given_back, moved_caption, without_sale_words
from till_app.ui.widgets.action_button import Variant

NO_ANSWER_AFTER_MS = 10_000
"""After Cancel: then a person may say what happened."""
_COUNT_DOWN_MS = 1000


class CardPaymentScreen(QWidget):
    """Shown for as long as nobody knows the end of a payment, after a restart too: see `MainWindow`."""

    def __init__(self, shell: Shell, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._shell = shell
        self._services = shell.services
        self._cards = shell.services.card_payments
        self.waiting = WaitingPage(shell.formatter)
        self.unknown = UnknownPage(shell.formatter)
        self.ended = EndedPage(shell.formatter)
        self._pages = QStackedWidget()
        for page in (self.waiting, self.unknown, self.ended):
            self._pages.addWidget(page)
        self.message_place = messages_over(self, self._pages)
        self._question: PaymentQuestion | None = None
        self._since_question = QElapsedTimer()
        self._count_down = QTimer(self)
        self._count_down.setInterval(_COUNT_DOWN_MS)
        self._count_down.timeout.connect(self._read)
        self._no_answer = QTimer(self)
        self._no_answer.setSingleShot(True)
        self._no_answer.setInterval(NO_ANSWER_AFTER_MS)
        self._no_answer.timeout.connect(self._read)
        self._second_look: QuestionPanel | None = None
        self._given_up = ""
        """The attempt whose terminal did not answer to Cancel."""
        self.waiting.cancelled.connect(self.on_cancel)
        self.unknown.ask_wanted.connect(self.on_ask)
        self.unknown.told.connect(self._ask_whether_certain)
        self.ended.again_wanted.connect(self.on_again)
        self.ended.by_hand_wanted.connect(self._ask_whether_given_back)
        self.ended.left.connect(self._leave)

    # ------------------------------------------------------------------- screen

    @property
    def page(self) -> QWidget | None:
        return self._pages.currentWidget()

    def set_no_answer_after(self, milliseconds: int) -> None:
        """How long Cancel may take before a person is asked."""
        self._no_answer.setInterval(milliseconds)

    def entered(self) -> None:
        self._read()
        self._page_focus()

    def scanned(self, _text: str) -> None:
        if self._pages.currentWidget() is self.ended:
            words = self.tr("Not added: no money was taken yet\nChoose how to pay, then scan it again.")
        else:
            words = self.tr("Not added: a card payment is under way\nFinish it, then scan it again.")
        self._shell.say(Tone.BAD, words)

    def payment_heard(self) -> None:
        """While it is shown: the terminal said something."""
        self._read()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._count_down.stop()

    def _read(self) -> None:
        pending, ended = self._cards.pending, self._cards.last_ended
        if pending is not None:
            self._show_pending(pending)
            return
        self._count_down.stop()
        self._no_answer.stop()
        if self._second_look is not None:
            self._second_look.close_panel()  # the terminal has answered itself
        if ended is None or ended.is_surprise:
            self._leave()
        elif ended.attempt.approved_minor:
            self._go_on(ended.attempt)
        elif ended.attempt.state is PaymentState.SETTLED_BY_HAND or self._was_cancelled_here(ended):
            self._leave()
        else:
            self.ended.show_payment(ended)
            self._show_page(self.ended)

    def _show_pending(self, pending: PendingPayment) -> None:
        attempt = pending.attempt
        is_silent = (
            pending.is_cancelling and self._given_up == attempt.attempt_id and not self._no_answer.isActive()
        )
        if pending.phase is PaymentPhase.WORKING and not is_silent:
            self._count_down.stop()
            self.waiting.show_payment(pending)
            self._show_page(self.waiting)
            return
        if pending.question is not self._question:
            self._question = pending.question
            self._since_question.restart()
        self._count_down.start()
        is_told_not_to = (
            pending.question is not None
            and pending.question.next_in_s is None
            and not pending.question.is_asking
        )
        can_ask = self._cards.uses_terminal and not is_told_not_to
        self.unknown.show_payment(pending, self._left_s(pending.question), can_ask=can_ask)
        self._show_page(self.unknown)

    def _show_page(self, page: QWidget) -> None:
        if self._pages.currentWidget() is not page:
            self._pages.setCurrentWidget(page)
            self._page_focus()

    def _page_focus(self) -> None:
        """On no button: Return and Space decide nothing about money by accident."""
        self.setFocus()

    def _left_s(self, question: PaymentQuestion | None) -> float:
        if question is None or question.next_in_s is None or not self._since_question.isValid():
            return 0.0
        return question.next_in_s - self._since_question.elapsed() / 1000

    def _was_cancelled_here(self, ended: EndedPayment) -> bool:
        return ended.attempt.state is PaymentState.ABORTED and ended.attempt.attempt_id == self._given_up

    # --------------------------------------------------------------- the way on

    def _go_on(self, attempt: PaymentAttempt) -> None:
        """Money moved as it was meant to: when that settles the sale, it is complete."""
        checkout, selling = self._services.checkout, self._services.selling
        is_settled = selling.is_open and checkout.balance_minor == 0
        if is_settled and attempt.purpose is not PaymentPurpose.REVERSAL:

            def complete(approver: StaffMember | None) -> None:
                checkout.complete(approver)
                self._shell.go(ScreenName.SALE_DONE)

            if self._shell.attempt(complete):
                return
        self._leave()
        lost = next(
            (each for each in self._cards.without_sale if each.attempt_id == attempt.attempt_id), None
        )
        if lost is not None:
            self._shell.say(Tone.WARNING, without_sale_words(lost, self._shell.formatter))
            return
        amount = self._shell.formatter.amount(attempt.approved_minor)
        text = (
            self.tr("{amount} was given back") if is_given_back(attempt) else self.tr("{amount} was approved")
        )
        self._shell.say(Tone.GOOD, text.format(amount=amount))

    def _leave(self) -> None:
        """To what is still to pay, or to the next customer."""
        ended = self._cards.last_ended
        was_cancelled = ended is not None and self._was_cancelled_here(ended)
        self._shell.go(ScreenName.TENDER if self._services.selling.is_open else ScreenName.SELL)
        if was_cancelled:
            self._shell.say(Tone.INFO, self.tr("Cancelled: no money was taken"))

    # ----------------------------------------------------------- what is pressed

    def on_cancel(self) -> None:
        pending = self._cards.pending
        if pending is None:
            return
        if self._given_up != pending.attempt.attempt_id:
            self._given_up = pending.attempt.attempt_id
            self._no_answer.start()
        self._cards.cancel()
        self._read()

    def on_ask(self) -> None:
        self._shell.attempt(lambda _approver: self._cards.ask_now())
        self._read()

    def on_again(self) -> None:
        ended = self._cards.last_ended
        if ended is None:
            self._leave()
            return
        attempt = ended.attempt

        def begin(_approver: StaffMember | None) -> None:
            match attempt.purpose:
                case PaymentPurpose.PURCHASE:
                    self._cards.begin_purchase(attempt.amount_minor)
                case PaymentPurpose.REFUND:
                    self._cards.begin_refund(attempt.amount_minor)
                case PaymentPurpose.REVERSAL:
                    self._cards.begin_reversal(attempt.of_attempt)

        self._shell.attempt(begin)
        self._read()

    def _ask_whether_certain(self, moved: bool) -> None:
        """The second look: the answer decides about money."""
        pending = self._cards.pending
        if pending is None:
            return
        attempt = pending.attempt

        def settle(name: str) -> None:
            if name == "certain" and not self._shell.attempt(
                lambda approver: self._settle_by_hand(attempt, moved=moved, approver=approver)
            ):
                self._read()

        panel = QuestionPanel(
            certain_title(attempt, self._shell.formatter, moved=moved),
            self.tr(
                "Look at the terminal once more, or print its last slip."
                " Your answer is kept with your name, and the till compares it with the terminal later."
            ),
            [
                Answer("look", self.tr("Look again"), "Esc"),
                # Another key than the first answer's: pressed twice by accident, that settles nothing.
                Answer("certain", moved_caption(attempt, moved=moved), "F10", Variant.PRIMARY),
            ],
            width=560,
        )
        panel.answered.connect(settle)
        panel.closed.connect(self._on_second_look_over)
        self._second_look = panel
        self._shell.ask(panel)

    def _on_second_look_over(self) -> None:
        self._second_look = None

    def _settle_by_hand(self, attempt: PaymentAttempt, *, moved: bool, approver: StaffMember | None) -> None:
        self._cards.settle_by_hand(attempt.attempt_id, moved=moved, approver=approver)
        self._read()

    def _ask_whether_given_back(self) -> None:
        ended = self._cards.last_ended
        if ended is None:
            return
        payment_id = ended.attempt.of_attempt

        def given_back(approver: StaffMember | None) -> None:
            self._cards.given_back_by_hand(payment_id, approver)
            self._leave()

        panel = QuestionPanel(
            certain_title(ended.attempt, self._shell.formatter, moved=True),
            self.tr(
                "Give it back on the terminal, and look at its slip. Your answer is kept with your name."
            ),
            [
                Answer("look", self.tr("Look again"), "Esc"),
                Answer("certain", moved_caption(ended.attempt, moved=True), "F10", Variant.PRIMARY),
            ],
            width=560,
        )
        panel.answered.connect(lambda name: self._shell.attempt(given_back) if name == "certain" else None)
        self._shell.ask(panel)
