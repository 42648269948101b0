"""The pages of a card payment: waiting for the terminal, not knowing what it did, and nothing taken."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from till_app.services.payment_views import EndedPayment, PendingPayment
from till_app.services.ports import PaymentAttempt, PaymentPurpose
from till_app.ui.formatting import Formatter
from till_app.ui.screens.parts import words
from till_app.ui.terminal_words import (
    ended_title,
    ended_words,
    moved_caption,
    nothing_moved_words,
    question_words,
    unknown_title,
    waiting_title,
)
from till_app.ui.theme.theme import current_theme
from till_app.ui.widgets.action_button import ActionButton, PayButton, Variant
from till_app.ui.widgets.fitted_label import FittedLabel

CENTER = Qt.AlignmentFlag.AlignCenter
_COLUMN_WIDTH = 720
"""In pixels at 100 %."""


class CardPage(QWidget):
    """A column in the middle: what is so, the amount, what it means, and one strong action at its foot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = words("", "large", "muted")
        self.amount = FittedLabel("", "hero", align=CENTER)
        self.said = words("", "title")
        self.detail = words("", "body", "muted")
        for label in (self.title, self.said, self.detail):
            label.setAlignment(CENTER)
            label.setWordWrap(True)
        self._column = QWidget()
        self._layout = QVBoxLayout(self._column)
        self._layout.addStretch(2)
        for widget in (self.title, self.amount, self.said, self.detail):
            self._layout.addWidget(widget)
        self._layout.addStretch(1)
        outer = QHBoxLayout(self)
        outer.addStretch(1)
        outer.addWidget(self._column, 20)
        outer.addStretch(1)
        self._rows: list[QHBoxLayout] = []
        self._on_theme_changed()
        current_theme().changed.connect(self._on_theme_changed)

    def add_row(self, buttons: Sequence[ActionButton]) -> None:
        row = QHBoxLayout()
        for button in buttons:
            row.addWidget(button, 1)
        self._rows.append(row)
        self._layout.addLayout(row)
        self._on_theme_changed()

    def end_column(self) -> None:
        self._layout.addStretch(1)

    def _on_theme_changed(self) -> None:
        tokens = current_theme().tokens
        self._column.setMaximumWidth(round(_COLUMN_WIDTH * tokens.scale))
        self._layout.setContentsMargins(tokens.space.m, tokens.space.l, tokens.space.m, tokens.space.l)
        self._layout.setSpacing(tokens.space.m)
        for row in self._rows:
            row.setSpacing(tokens.space.m)


class WaitingPage(CardPage):
    """The terminal has the payment; all that the till can do is to ask it to give up."""

    cancelled = Signal()

    def __init__(self, formatter: Formatter) -> None:
        super().__init__()
        self._formatter = formatter
        self.cancel = PayButton(self.tr("Cancel"), "Esc", variant=Variant.SECONDARY)
        self.cancel.clicked.connect(self.cancelled)
        self.add_row([self.cancel])
        self.end_column()

    def show_payment(self, pending: PendingPayment) -> None:
        self.title.setText(waiting_title(pending.attempt))
        self.amount.set_text(self._formatter.amount(pending.attempt.amount_minor))
        self.said.setText(pending.words or self.tr("The amount is on its way to the terminal…"))
        self.detail.setText(
            self.tr("The terminal was asked to give up. What it says counts.")
            if pending.is_cancelling
            else self.tr("The customer pays at the terminal.")
            if pending.attempt.purpose is PaymentPurpose.PURCHASE
            else self.tr("The customer follows the terminal.")
        )
        self.cancel.set_caption(self.tr("Cancelling…") if pending.is_cancelling else self.tr("Cancel"))


class UnknownPage(CardPage):
    """Money may have moved. The terminal is asked by itself; a person who looked may say at any time."""

    ask_wanted = Signal()
    told = Signal(bool)
    """Whether the money moved, as a person says."""

    def __init__(self, formatter: Formatter) -> None:
        super().__init__()
        self._formatter = formatter
        self.title.setProperty("tone", "warn")
        self.title.setProperty("type", "large")
        self.ask = PayButton(self.tr("Ask the terminal now"), "F5")
        self.ask.clicked.connect(self.ask_wanted)
        self.moved = ActionButton("", "F8")
        self.moved.clicked.connect(lambda: self.told.emit(True))
        self.not_moved = ActionButton("", "F9")
        self.not_moved.clicked.connect(lambda: self.told.emit(False))
        self.add_row([self.ask])
        self.add_row([self.not_moved, self.moved])
        self.end_column()

    def show_payment(self, pending: PendingPayment, left_s: float, *, can_ask: bool) -> None:
        attempt = pending.attempt
        self.title.setText(unknown_title(attempt, self._formatter))
        self.amount.set_text(self._formatter.amount(attempt.amount_minor))
        self.said.setText(
            question_words(pending.question, left_s)
            if can_ask
            else self.tr("This terminal cannot be asked by the till: look at it.")
        )
        self.detail.setText(
            self.tr(
                "Do not take the card again before this is answered.\n"
                "The terminal's screen or its last slip tells: answer here as soon as you know."
            )
        )
        self.ask.setVisible(can_ask)
        self.ask.setEnabled(pending.question is None or not pending.question.is_asking)
        self.moved.set_caption(moved_caption(attempt, moved=True))
        self.not_moved.set_caption(moved_caption(attempt, moved=False))


class EndedPage(CardPage):
    """No money moved: why, and the way on."""

    again_wanted = Signal()
    by_hand_wanted = Signal()
    """Of a payment that the terminal did not give back: a person did it there."""
    left = Signal()

    def __init__(self, formatter: Formatter) -> None:
        super().__init__()
        self._formatter = formatter
        self.title.setProperty("tone", "bad")
        self.again = PayButton("", "Return")
        self.again.clicked.connect(self.again_wanted)
        self.by_hand = ActionButton(self.tr("It was given back by hand"), "F8")
        self.by_hand.clicked.connect(self.by_hand_wanted)
        self.leave = ActionButton("", "Esc")
        self.leave.clicked.connect(self.left)
        self.add_row([self.again])
        self.add_row([self.leave, self.by_hand])
        self.end_column()

    def show_payment(self, ended: EndedPayment) -> None:
        attempt = ended.attempt
        is_reversal = attempt.purpose is PaymentPurpose.REVERSAL
        self.title.setText(ended_title(attempt))
        self.amount.set_text(self._formatter.amount(attempt.amount_minor))
        self.said.setText(ended_words(ended))
        self.said.setVisible(bool(self.said.text()))
        self.detail.setText(nothing_moved_words(attempt))
        self.again.set_caption(_again_caption(self, attempt))
        self.by_hand.setVisible(is_reversal)
        self.leave.set_caption(self.tr("Leave it as paid") if is_reversal else self.tr("Another way"))


def _again_caption(page: QWidget, attempt: PaymentAttempt) -> str:
    if attempt.purpose is PaymentPurpose.PURCHASE:
        return page.tr("Try the card again")
    return page.tr("Try again")
